import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { InMemoryLookupKB } from "../../../src/kb/in-memory-lookup-kb.js";
import { openShared } from "../../../src/kb/shared-kb.js";
import { moveToShared } from "../../../src/training/prepare-threads/move-to-shared.js";
import { ENTITIES, suiteFolder, tinyKb } from "../../fixtures.js";

const folder = suiteFolder();

async function fromDisk(): Promise<InMemoryLookupKB> {
  const path = join(folder, "kb");
  await tinyKb().toDisk(path);
  return InMemoryLookupKB.fromDisk(path);
}

async function withVectors(): Promise<InMemoryLookupKB> {
  const kb = tinyKb(2);
  kb.setVectors(
    Float32Array.from({ length: 2 * ENTITIES.length }, (_, i) => i / 4),
    2,
  );
  return kb;
}

describe("moveToShared", () => {
  const kinds = { "in memory": async () => tinyKb(), "with vectors": withVectors, "from disk": fromDisk };
  for (const [kind, make] of Object.entries(kinds)) {
    it(`leaves a knowledge base ${kind} what it was`, async () => {
      const [kb, same] = [await make(), await make()];
      moveToShared(kb);
      assert.ok(kb.candidateEntities.buffer instanceof SharedArrayBuffer);
      assert.equal(kb.hash, same.hash);
      assert.equal(kb.description(4), "basketball player");
      assert.deepEqual(await kb.toBytes(), await same.toBytes());
    });
  }

  it("gives another thread the same look-ups, without descriptions and vectors", async () => {
    const kb = await withVectors();
    const other = openShared(moveToShared(kb));
    for (const name of ["Paris", "zurich", "Jordn"]) {
      const found = (of: InMemoryLookupKB) =>
        of.getCandidates(name).map(({ entity_, priorProb }) => [entity_, priorProb]);
      assert.deepEqual(found(other), found(kb));
      assert.ok(found(kb).length > 0);
    }
    assert.deepEqual(other.terms.entityTerms, kb.terms.entityTerms);
    assert.equal(other.name(0), "Paris");
    assert.equal(other.vectors, undefined);
  });

  it("lets the knowledge base be changed, which other threads don't see", () => {
    const kb = tinyKb();
    const other = openShared(moveToShared(kb));
    kb.addEntity("Q9", { name: "Amman", freq: 3 });
    kb.addAlias("Amman", ["Q9"], [1]);
    kb.updateEntity("Q1", { freq: 1, description: "a city" });
    kb.removeEntity("Q3");
    assert.deepEqual([kb.getSizeEntities(), kb.freq[0], kb.description(0)], [8, 1, "a city"]);
    assert.deepEqual([other.getSizeEntities(), other.freq[0], other.containsAlias("Amman")], [8, 50, false]);
    assert.equal(other.getCandidates("Paris Hilton").length, 1);
  });
});
