import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { kbHash } from "../../src/kb/kb-file.js";
import { loadKb } from "../../src/kb/kb-load.js";
import { contentOf, smallKb, temporaryFolder } from "./small-kb.js";

const FILES = [
  "aliases.arrow",
  "candidates.arrow",
  "descriptions.bin",
  "entities.arrow",
  "index.arrow",
  "meta.json",
  "vectors.arrow",
];

async function savedKb(context: TestContext): Promise<{ dir: string; kb: InMemoryLookupKB }> {
  const dir = join(await temporaryFolder(context), "sub", "kb");
  const { kb } = smallKb();
  kb.addEntity("🍎", { name: "Äpfel 🍎", description: "\ud800 lone", type: "Fruit" });
  kb.addAlias("🍎", ["🍎"], [0.5]);
  await kb.toDisk(dir);
  return { dir, kb };
}

async function alterMeta(dir: string, change: (meta: Record<string, unknown>) => void): Promise<void> {
  const path = join(dir, "meta.json");
  const meta = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  change(meta);
  await writeFile(path, JSON.stringify(meta));
}

describe("round trip", () => {
  test("a knowledge base comes back equal, its indices without being built", async (context) => {
    const { dir, kb } = await savedKb(context);
    assert.deepEqual((await readdir(dir)).sort(), FILES);
    const loaded = await InMemoryLookupKB.fromDisk(dir);
    assert.deepEqual(contentOf(loaded), contentOf(kb));
    for (const mention of ["Zürich", "ZURICH", "The Adams", "Douglas Adamsen", "🍎", "x"]) {
      const found = (base: InMemoryLookupKB) =>
        base.getCandidates(mention).map((c) => [c.entity_, c.match, c.similarity]);
      assert.deepEqual(found(loaded), found(kb));
    }
    assert.deepEqual([...loaded.aliases.partial("Douglas")], [...kb.aliases.partial("Douglas")]);
    assert.deepEqual(loaded.terms.documentFrequency, kb.terms.documentFrequency);
    assert.deepEqual(loaded.terms.nameTermCount, kb.terms.nameTermCount);
  });

  test("texts of every length come back, each many times longer than the one before", async (context) => {
    const dir = await temporaryFolder(context);
    const kb = new InMemoryLookupKB();
    // Longer than what any other test of this file writes, so that each is the first of its length.
    const lengths = [1, 90, 2_000, 20_000, 200_000, 2_000_000];
    const texts = lengths.map((length, i) => `${i}${["a", "ß", "日", "🍎"][i % 4]}`.repeat(length));
    texts.forEach((text, i) => {
      kb.addEntity(`Q${i}`, { name: `${text}!`, description: text });
    });
    const written = (base: InMemoryLookupKB): string[] =>
      texts.flatMap((_, i) => [base.name(i), base.description(i)]);
    const expected = texts.flatMap((text) => [`${text}!`, text]);
    const isSame = (found: string[]): boolean[] => found.map((text, i) => text === expected[i]); // no diff of megabytes
    assert.ok(isSame(written(kb)).every(Boolean), `in memory: ${isSame(written(kb))}`);
    await kb.toDisk(dir);
    const loaded = await InMemoryLookupKB.fromDisk(dir);
    assert.ok(isSame(written(loaded)).every(Boolean), `from disk: ${isSame(written(loaded))}`);
  });

  test("aliases that grow while empty ones stand behind them come back", async (context) => {
    const dir = await temporaryFolder(context);
    const kb = new InMemoryLookupKB();
    for (const id of ["A", "B", "C"]) kb.addEntity(id);
    kb.addAlias("first", ["A"], [0.5]);
    kb.addAlias("none", [], []);
    kb.addAlias("nothing", [], []);
    kb.appendAlias("first", "B", 0.25);
    kb.appendAlias("first", "C", 0.0625);
    const candidates = (base: InMemoryLookupKB) =>
      ["first", "none", "nothing"].map((alias) =>
        base.getAliasCandidates(alias).map(({ entity_, priorProb }) => [entity_, priorProb]),
      );
    const expected = [
      [
        ["A", 0.5],
        ["B", 0.25],
        ["C", 0.0625],
      ],
      [],
      [],
    ];
    assert.deepEqual(candidates(kb), expected);
    assert.deepEqual([...kb.entityAliases(2)], [0]);
    await kb.toDisk(dir);
    const loaded = await InMemoryLookupKB.fromDisk(dir);
    assert.deepEqual(candidates(loaded), expected);
    assert.deepEqual(contentOf(loaded), contentOf(kb));
  });

  test("an empty knowledge base comes back empty", async (context) => {
    const dir = await temporaryFolder(context);
    await new InMemoryLookupKB({ entityVectorLength: 7 }).toDisk(dir);
    const kb = await InMemoryLookupKB.fromDisk(dir);
    assert.equal(kb.isEmpty(), true);
    assert.equal(kb.entityVectorLength, 7);
    assert.deepEqual(kb.getCandidates("Douglas"), []);
    kb.addEntity("Q1");
    kb.addAlias("Douglas", ["Q1"], [1]);
    assert.equal(kb.getCandidates("douglas")[0]?.entity_, "Q1");
  });

  test("fromDisk replaces what was there and keeps telling of warnings", async (context) => {
    const { dir, kb } = await savedKb(context);
    const codes: string[] = [];
    const other = new InMemoryLookupKB({ onWarning: ({ code }) => codes.push(code) });
    other.addEntity("X", { name: "gone" });
    assert.equal(await other.fromDisk(dir), other);
    assert.deepEqual(contentOf(other), contentOf(kb));
    other.addEntity("Q1");
    assert.deepEqual(codes, ["W018"]);
  });

  test("without vectors, when they aren't wanted or there are none", async (context) => {
    const { dir, kb } = await savedKb(context);
    await kb.toDisk(dir, { vectors: false });
    assert.equal((await readdir(dir)).includes("vectors.arrow"), false);
    const loaded = await InMemoryLookupKB.fromDisk(dir);
    assert.equal(loaded.vectors, undefined);
    assert.equal(loaded.entityVectorLength, 3);
    assert.deepEqual([...loaded.getVector("Q1")], [0, 0, 0]);
  });
});

describe("changes after loading", () => {
  test("are those of a knowledge base that was never on disk", async (context) => {
    const { dir, kb } = await savedKb(context);
    const loaded = await InMemoryLookupKB.fromDisk(dir);
    for (const base of [kb, loaded]) {
      base.addEntity("Q5", {
        freq: 1,
        vector: [7, 7, 7],
        name: "Ford Prefect",
        description: "author",
        type: "PER",
      });
      base.appendAlias("douglas", "Q5", 0.05);
      base.appendAlias("🍎", "Q1", 0.25);
      base.addAlias("Ford", ["Q5", "Q3"], [0.5, 0.25]);
    }
    assert.deepEqual(contentOf(loaded), contentOf(kb));
    assert.equal(loaded.getCandidates("FORD")[0]?.entity_, "Q5");
    await loaded.toDisk(dir);
    assert.deepEqual(contentOf(await InMemoryLookupKB.fromDisk(dir)), contentOf(kb));
  });

  test("leave the bytes, and what else was read from them, alone", async (context) => {
    const { dir } = await savedKb(context);
    const files = new Map(
      await Promise.all(FILES.map(async (name) => [name, await readFile(join(dir, name))] as const)),
    );
    const load = async (): Promise<InMemoryLookupKB> => {
      const { parts } = await loadKb(async (name) => files.get(name), "memory");
      return new InMemoryLookupKB().fromParts(parts);
    };
    const kb = await load();
    const before = contentOf(kb);
    const other = await load();
    other.addAlias("Ford", ["Q1"], [1]);
    other.appendAlias("douglas", "Q1", 0.05);
    other.addEntity("Q5", { vector: [1, 2, 3] });
    assert.equal(other.getCandidates("ford")[0]?.entity_, "Q1");
    assert.deepEqual(contentOf(kb), before);
    assert.deepEqual(contentOf(await load()), before);
  });
});

describe("hash", () => {
  test("is that of the folder, the same for the same content, gone after a change", async (context) => {
    const { dir, kb } = await savedKb(context);
    const hash = await kbHash(dir);
    assert.match(hash, /^[0-9a-f]{64}$/);
    assert.equal(kb.hash, hash);
    const loaded = await InMemoryLookupKB.fromDisk(dir);
    assert.equal(loaded.hash, hash);
    const again = join(await temporaryFolder(context), "kb");
    await loaded.toDisk(again);
    assert.equal(await kbHash(again), hash);

    const changes: ((base: InMemoryLookupKB) => void)[] = [
      (base) => base.addEntity("Q5"),
      (base) => base.addAlias("Ford", ["Q1"], [1]),
      (base) => base.appendAlias("douglas", "Q1", 0.05),
      (base) => base.setVectors(new Float32Array(15)),
    ];
    for (const change of changes) {
      const base = await InMemoryLookupKB.fromDisk(dir);
      change(base);
      assert.equal(base.hash, undefined);
      await base.toDisk(again);
      assert.notEqual(await kbHash(again), hash);
    }
  });
});

describe("kbHash and types", () => {
  test("knowledge bases that differ in the name of a type alone have different hashes", async (context) => {
    const hashOf = async (type: string): Promise<{ hash: string; files: unknown }> => {
      const dir = join(await temporaryFolder(context), "kb");
      const kb = new InMemoryLookupKB();
      kb.addEntity("Q1", { name: "Paris", type });
      await kb.toDisk(dir);
      assert.equal(kb.hash, await kbHash(dir));
      const { files } = JSON.parse(await readFile(join(dir, "meta.json"), "utf8")) as { files: unknown };
      return { hash: await kbHash(dir), files };
    };
    const [place, person, again] = [await hashOf("GPE"), await hashOf("PER"), await hashOf("GPE")];
    assert.deepEqual(place.files, person.files, "the other files don't tell them apart");
    assert.notEqual(place.hash, person.hash);
    assert.equal(place.hash, again.hash);
  });
});

describe("a folder that is not as it was written is refused", () => {
  test("E929 nothing there, E928 a file, L211 some other folder", async (context) => {
    const { dir } = await savedKb(context);
    const load = (path: string) => InMemoryLookupKB.fromDisk(path);
    await assert.rejects(load(join(dir, "nothing")), { code: "E929", message: /doesn't exist/ });
    await assert.rejects(load(join(dir, "meta.json")), { code: "E928", message: /Expected a folder/ });
    await assert.rejects(load(join(dir, "meta.json", "below")), { code: "E929" });
    await assert.rejects(load(join(dir, "..")), { code: "L211", message: /it has no meta\.json/ });
    await assert.rejects(kbHash(join(dir, "..")), { code: "L211" });
  });

  test("L211 another format, L212 another version", async (context) => {
    const { dir } = await savedKb(context);
    await alterMeta(dir, (meta) => {
      meta.version = 1;
    });
    const version = { code: "L212", message: /version 1 of the format, this linkwright reads version 2/ };
    await assert.rejects(InMemoryLookupKB.fromDisk(dir), version);
    await alterMeta(dir, (meta) => {
      meta.format = "other";
    });
    await assert.rejects(InMemoryLookupKB.fromDisk(dir), { code: "L211", message: /the format "other"/ });
    await writeFile(join(dir, "meta.json"), "[]");
    await assert.rejects(InMemoryLookupKB.fromDisk(dir), { code: "L211", message: /no format/ });
  });

  test("L216 a broken or an altered meta.json", async (context) => {
    const { dir } = await savedKb(context);
    await alterMeta(dir, (meta) => {
      meta.entity_vector_length = 4;
    });
    await assert.rejects(InMemoryLookupKB.fromDisk(dir), { code: "L216", message: /own sha256/ });
    await truncate(join(dir, "meta.json"), 40);
    await assert.rejects(InMemoryLookupKB.fromDisk(dir), { code: "L216" });
    await writeFile(join(dir, "meta.json"), "null");
    await assert.rejects(InMemoryLookupKB.fromDisk(dir), { code: "L211" });
  });

  for (const file of FILES.filter((name) => name.endsWith(".arrow"))) {
    test(`${file}: L213 missing, L214 cut off, L215 one bit flipped anywhere`, async (context) => {
      const { dir } = await savedKb(context);
      const path = join(dir, file);
      const bytes = await readFile(path);
      for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] as number) ^ 1;
        await writeFile(path, flipped);
        await assert.rejects(InMemoryLookupKB.fromDisk(dir), (error: Error & { code: string }) => {
          assert.equal(error.code, "L215");
          assert.ok(error.message.includes(`${file} was altered`));
          return true;
        });
      }
      await writeFile(path, bytes.subarray(0, -1));
      const cut = `${file} has ${bytes.length - 1} bytes, but meta.json says ${bytes.length}`;
      await assert.rejects(InMemoryLookupKB.fromDisk(dir), (error: Error & { code: string }) => {
        assert.equal(error.code, "L214");
        assert.ok(error.message.includes(cut), error.message);
        return true;
      });
      await rm(path);
      await assert.rejects(InMemoryLookupKB.fromDisk(dir), {
        code: "L213",
        message: new RegExp(`lacks its file ${file}`),
      });
    });
  }

  test("descriptions.bin: L213 missing, L214 cut off, L217 a table that was altered", async (context) => {
    const { dir } = await savedKb(context);
    const path = join(dir, "descriptions.bin");
    const bytes = await readFile(path);
    for (const at of [0, 11]) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] as number) ^ 1;
      await writeFile(path, flipped);
      await assert.rejects(InMemoryLookupKB.fromDisk(dir), { code: "L217", message: /table of blocks/ });
    }
    await writeFile(path, bytes.subarray(0, -1));
    await assert.rejects(InMemoryLookupKB.fromDisk(dir), { code: "L214" });
    await rm(path);
    await assert.rejects(InMemoryLookupKB.fromDisk(dir), { code: "L213" });
  });

  test("L230 when asked for descriptions that were altered or are gone; all else is still there", async (context) => {
    const { dir, kb } = await savedKb(context);
    const path = join(dir, "descriptions.bin");
    const bytes = await readFile(path);
    for (const at of [12, bytes.length >> 1, bytes.length - 1]) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] as number) ^ 1;
      await writeFile(path, flipped);
      const loaded = await InMemoryLookupKB.fromDisk(dir);
      assert.throws(() => loaded.description(0), { code: "L230", message: /descriptions\.bin, block 0/ });
    }
    await writeFile(path, bytes);
    const [loaded, changed] = [await InMemoryLookupKB.fromDisk(dir), await InMemoryLookupKB.fromDisk(dir)];
    changed.updateEntity("Q1", { freq: 5 });
    changed.addEntity("Q9");
    await rm(dir, { recursive: true });
    assert.throws(() => loaded.description(0), { code: "L230" });
    await assert.rejects(loaded.toBytes(), { code: "L230" });
    assert.throws(() => loaded.addEntity("Q9"), { code: "L230" });
    assert.equal(loaded.containsEntity("Q9"), false, "nothing was changed");
    assert.equal(loaded.name(0), kb.name(0));
    assert.equal(changed.description(0), kb.description(0), "one that was changed holds its own");
  });

  test("bytes may begin at any address", async (context) => {
    const { dir, kb } = await savedKb(context);
    const { parts } = await loadKb(async (name) => {
      const bytes = await readFile(join(dir, name));
      const shifted = new Uint8Array(bytes.length + 1).subarray(1);
      shifted.set(bytes);
      return shifted;
    }, "memory");
    assert.deepEqual(contentOf(new InMemoryLookupKB().fromParts(parts)), contentOf(kb));
  });

  test("a failed load leaves the knowledge base as it was", async (context) => {
    const { dir, kb } = await savedKb(context);
    const before = contentOf(kb);
    await truncate(join(dir, "index.arrow"), 100);
    await assert.rejects(kb.fromDisk(dir), { code: "L214" });
    assert.deepEqual(contentOf(kb), before);
  });
});

describe("writing", () => {
  test("replaces a knowledge base, also a damaged one, and leaves nothing beside it", async (context) => {
    const { dir, kb } = await savedKb(context);
    await truncate(join(dir, "index.arrow"), 10);
    await kb.toDisk(dir);
    assert.deepEqual(contentOf(await InMemoryLookupKB.fromDisk(dir)), contentOf(kb));
    assert.deepEqual(await readdir(join(dir, "..")), ["kb"]);
  });

  test("E928 onto a file, L218 onto a folder of other things, which stay", async (context) => {
    const { kb } = smallKb();
    const folder = await temporaryFolder(context);
    await writeFile(join(folder, "thesis.txt"), "years of work");
    await assert.rejects(kb.toDisk(join(folder, "thesis.txt")), { code: "E928" });
    await assert.rejects(kb.toDisk(folder), { code: "L218", message: /thesis\.txt/ });
    await mkdir(join(folder, "web"));
    await writeFile(join(folder, "web", "meta.json"), "{}");
    await assert.rejects(kb.toDisk(join(folder, "web")), { code: "L218", message: /meta\.json/ });
    await mkdir(join(folder, "data"));
    await writeFile(join(folder, "data", "entities.arrow"), "mine");
    await assert.rejects(kb.toDisk(join(folder, "data")), { code: "L218" });
    await mkdir(join(folder, "odd", "meta.json"), { recursive: true });
    await assert.rejects(kb.toDisk(join(folder, "odd")), { code: "L218", message: /meta\.json/ });
    assert.equal(await readFile(join(folder, "thesis.txt"), "utf8"), "years of work");
    assert.deepEqual((await readdir(folder)).sort(), ["data", "odd", "thesis.txt", "web"]);
  });

  test("E146 where it can't write", async (context) => {
    const folder = await temporaryFolder(context);
    await writeFile(join(folder, "file"), "");
    await assert.rejects(smallKb().kb.toDisk(join(folder, "file", "kb")), { code: "E146" });
  });
});
