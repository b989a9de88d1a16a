import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { kbHash } from "../../src/kb/kb-file.js";
import { contentOf, smallKb, temporaryFolder } from "./small-kb.js";

const load = (bytes: Uint8Array) => InMemoryLookupKB.fromBytes(bytes);

/** A text whose lone surrogates are U+FFFD. */
const wellFormed = (text: string) => Buffer.from(text).toString();

/** A copy with another byte. */
function altered(bytes: Uint8Array, at: number, by = 1): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] as number) ^ by;
  return copy;
}

test("a knowledge base comes back equal, with its indices, and the hash of a folder", async (context) => {
  const { kb } = smallKb();
  const bytes = await kb.toBytes();
  const loaded = await load(bytes);
  assert.deepEqual(contentOf(loaded), contentOf(kb));
  assert.deepEqual(await loaded.toBytes(), bytes);
  const dir = join(await temporaryFolder(context), "kb");
  await kb.toDisk(dir);
  assert.deepEqual([loaded.hash, kb.hash], [await kbHash(dir), await kbHash(dir)]);
  assert.deepEqual(await (await InMemoryLookupKB.fromDisk(dir)).toBytes(), bytes);
});

test("fromBytes takes the place of what was there, and keeps no hold of the bytes", async () => {
  const { kb } = smallKb();
  const bytes = await new InMemoryLookupKB({ entityVectorLength: 5 }).toBytes();
  assert.equal(await kb.fromBytes(bytes), kb);
  assert.deepEqual([kb.isEmpty(), kb.getSizeAliases(), kb.entityVectorLength], [true, 0, 5]);
  assert.deepEqual(kb.getCandidates("adam"), []);
  const given = await smallKb().kb.toBytes();
  await kb.fromBytes(given);
  given.fill(0);
  assert.deepEqual(contentOf(kb), contentOf(smallKb().kb));
});

test("without vectors, from a Buffer, at any address", async () => {
  const { kb } = smallKb();
  const bytes = await kb.toBytes({ vectors: false });
  const shifted = new Uint8Array(bytes.length + 3).subarray(3);
  shifted.set(bytes);
  const content = contentOf(await load(shifted));
  kb.dropVectors();
  assert.deepEqual(content, contentOf(kb));
  assert.deepEqual(contentOf(await load(Buffer.from(bytes))), content);
});

test("any text comes back; a lone surrogate as U+FFFD", async () => {
  const odd = fc.constantFrom(
    "🍎",
    "e\u0301",
    "\ud83c",
    "\udf4e",
    "\r\n",
    "\0",
    "\uFEFF",
    "👩‍👩‍👧",
    "ß",
    "日本",
    " ",
  );
  const text = fc
    .array(fc.oneof(odd, fc.string({ unit: "binary", maxLength: 3 })), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.join(""))
    .filter((joined) => joined !== "" && joined !== "NIL");
  const entities = fc.array(fc.record({ id: text, name: text, description: text, type: text, alias: text }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(entities, async (rows) => {
      const kb = new InMemoryLookupKB({ entityVectorLength: 1 });
      for (const { id, ...entity } of rows) kb.addEntity(id, { ...entity, vector: [0.5] });
      for (const { id, alias } of rows) kb.addAlias(alias, [id], [0.5]);
      const loaded = await load(await kb.toBytes());
      assert.deepEqual(contentOf(loaded), contentOf(kb));
      const first = new Map(rows.toReversed().map((row) => [wellFormed(row.id), row]));
      for (const [id, { name, description, type }] of first) {
        const row = loaded.entityIds.get(id);
        const texts = [wellFormed(name), wellFormed(description), type];
        const found = [
          loaded.name(row),
          loaded.description(row),
          loaded.types[loaded.entityType[row] as number],
        ];
        assert.deepEqual(found, texts);
      }
      for (const { alias } of rows) assert.equal(loaded.getAliasCandidates(alias).length, 1);
    }),
    { seed: 7, numRuns: 60 },
  );
});

test("each code of what is refused, and a refusal changes nothing", async () => {
  const { kb } = smallKb();
  const bytes = await kb.toBytes();
  const before = contentOf(kb);
  const refused = (wrong: Uint8Array, error: { code: string; message?: RegExp }) => {
    return assert.rejects(kb.fromBytes(wrong), error);
  };
  const metaEnd = 76 + new DataView(bytes.buffer).getUint32(8, true);
  await refused(new Uint8Array(0), { code: "L211", message: /doesn't begin with LWKB/ });
  await refused("LWKB" as unknown as Uint8Array, { code: "L211", message: /it is string/ });
  await refused(undefined as unknown as Uint8Array, { code: "L211" });
  await refused(altered(bytes, 0), { code: "L211" });
  await refused(altered(bytes, 4, 3), { code: "L212", message: /version 1 .* reads version 2/ });
  await refused(altered(bytes, 8), { code: "L216" });
  await refused(altered(bytes, 11, 128), { code: "L210" });
  await refused(altered(bytes, 12), { code: "L216" });
  await refused(altered(bytes, 80), { code: "L216" });
  await refused(altered(bytes, metaEnd), { code: "L215", message: /entities\.arrow/ });
  await refused(bytes.subarray(0, 20), { code: "L210", message: /20 bytes .* at least 76/ });
  await refused(bytes.subarray(0, 100), { code: "L210" });
  await refused(bytes.subarray(0, -1), { code: "L210", message: new RegExp(`expected ${bytes.length}:`) });
  await refused(Buffer.concat([bytes, Buffer.of(0)]), { code: "L210" });
  assert.deepEqual(contentOf(kb), before);
});
