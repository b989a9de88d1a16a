import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { quantizeRows } from "../../src/kb/quantized-rows.js";
import { openShared, sharedBytes, shareKb } from "../../src/kb/shared-kb.js";
import { contentOf, smallKb, temporaryFolder } from "./small-kb.js";

test("a shared knowledge base is equal, and every array of it in shared memory", async (context) => {
  const dir = join(await temporaryFolder(context), "kb");
  const { kb } = smallKb();
  await kb.toDisk(dir);
  for (const one of [kb, await InMemoryLookupKB.fromDisk(dir)]) {
    const shared = shareKb(one);
    for (const [name, { buffer }] of sharedBytes(shared))
      assert.ok(buffer instanceof SharedArrayBuffer, name);
    const posted = structuredClone(shared);
    assert.deepEqual(contentOf(openShared(posted)), contentOf(kb));
    assert.equal(openShared(posted).hash, one.hash);
    const [freqs, again] = [shared, posted].map((each) => each.columns.entities.freqs);
    (freqs as Float32Array)[0] = 77;
    assert.equal(again?.[0], 77, "what is posted is the same memory");
  }
});

test("vectors that a model made stay bytes, on disk and shared", async (context) => {
  const dir = join(await temporaryFolder(context), "kb");
  const { kb } = smallKb();
  const values = Float32Array.from({ length: kb.getSizeEntities() * 4 }, (_, i) => Math.sin(i));
  kb.setQuantizedVectors(quantizeRows(values, 2), 4);
  assert.equal(kb.vectors, undefined);
  await kb.toDisk(dir);
  for (const other of [await InMemoryLookupKB.fromDisk(dir), openShared(shareKb(kb))]) {
    assert.equal(other.vectors, undefined);
    assert.deepEqual(other.quantizedVectors?.codes.slice(), kb.quantizedVectors?.codes);
    assert.deepEqual(contentOf(other), contentOf(kb));
  }
  const id = kb.entityIds.at(1);
  const before = [...kb.getVector(id)];
  for (const [i, value] of before.entries()) assert.ok(Math.abs(value - (values[4 + i] as number)) < 0.005);
  kb.addEntity("plain");
  assert.deepEqual([...kb.getVector("plain")], [0, 0, 0, 0]);
  kb.addEntity("new", { vector: [1, 2, 3, 4] });
  assert.deepEqual([...kb.getVector(id)], before, "what is added makes them numbers again");
  assert.deepEqual([...kb.getVector("new")], [1, 2, 3, 4]);
  assert.throws(() => kb.setQuantizedVectors(quantizeRows(values, 2), 4), { code: "E141" });
  const broken = quantizeRows(new Float32Array(4 * kb.getSizeEntities()), 2);
  broken.scales[3] = Number.NaN; // two rows an entity
  assert.throws(() => kb.setQuantizedVectors(broken, 4), { code: "L203", message: new RegExp(`"${id}"`) });
});
