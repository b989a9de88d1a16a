/** What spaCy's InMemoryLookupKB lacks: to change and to remove. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { contentOf, smallKb } from "./small-kb.js";

/** Candidates and ways of a mention. */
function found(kb: InMemoryLookupKB, mention: string): unknown {
  return kb.getCandidates(mention).map((c) => [c.entity_, c.match]);
}

describe("updateEntity", () => {
  test("changes what is given, and nothing else", () => {
    const { kb } = smallKb();
    assert.equal(kb.updateEntity("Q2", { freq: 0.5 }), 1);
    assert.equal(kb.updateEntity("Q2", { vector: [9, 9, 9] }), 1);
    assert.equal(kb.updateEntity("Q2", { name: "Dub\u00e1i 🍎" }), 1);
    assert.equal(kb.updateEntity("Q2", { description: "" }), 1);
    assert.equal(kb.updateEntity("Q3", {}), 2);
    assert.deepEqual([...kb.freq], [27, 0.5, 5, 400]);
    assert.deepEqual([...(kb.vectors ?? [])], [8, 4, 3, 9, 9, 9, -1, -6, 5, 1, 1, 1]);
    const names = [0, 1, 2, 3].map((row) => kb.name(row));
    assert.deepEqual(names, ["Douglas Adams", "Dub\u00e1i 🍎", "Adam", "Zürich"]);
    const descriptions = [0, 1, 2, 3].map((row) => kb.description(row));
    assert.deepEqual(descriptions, ["English author", "", "", "Cities of the Swiss"]);
    assert.deepEqual(kb.getEntityStrings(), ["Q1", "Q2", "Q3", "Q72"]);
  });

  test("a type that no entity has any more goes, and they are counted in order of appearance", () => {
    const { kb } = smallKb();
    kb.updateEntity("Q2", { type: "PER" });
    kb.updateEntity("Q72", { type: "LOC" });
    assert.deepEqual(
      [kb.types, [...kb.entityType]],
      [
        ["PER", "LOC"],
        [0, 0, 0, 1],
      ],
    );
    kb.updateEntity("Q1", { type: "" });
    assert.deepEqual(
      [kb.types, [...kb.entityType]],
      [
        ["", "PER", "LOC"],
        [0, 1, 1, 2],
      ],
    );
    kb.addEntity("Q5", { type: "LOC" });
    assert.deepEqual([...kb.entityType], [0, 1, 1, 2, 2]);
  });

  test("terms follow name and description", () => {
    const { kb } = smallKb();
    assert.ok(kb.terms.terms.get("author") >= 0);
    kb.updateEntity("Q1", { description: "towel" });
    assert.equal(kb.terms.terms.get("author"), -1);
    assert.ok(kb.terms.terms.get("towel") >= 0);
  });

  test("is refused with the codes of addEntity, L208 for an unknown id, and then changes nothing", () => {
    const { kb } = smallKb();
    const before = contentOf(kb);
    const name = "never";
    assert.throws(() => kb.updateEntity("Q9", { name }), { code: "L208", message: /"Q9"/ });
    assert.throws(() => kb.updateEntity("Q1", { name, vector: [1] }), { code: "E141" });
    assert.throws(() => kb.updateEntity("Q1", { name, vector: [1, 2, Number.NaN] }), { code: "L203" });
    assert.throws(() => kb.updateEntity("Q1", { name, type: "X", freq: -1 }), { code: "L204" });
    assert.deepEqual(contentOf(kb), before);
  });

  test("a vector given to the first of all entities leaves the others zeros, and a caller's array as it was", () => {
    const { kb } = smallKb();
    kb.dropVectors();
    kb.updateEntity("Q2", { vector: [1, 2, 3] });
    assert.deepEqual([...(kb.vectors ?? [])], [0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0]);
    const vectors = new Float32Array(12).fill(5);
    kb.setVectors(vectors);
    kb.updateEntity("Q2", { vector: [1, 2, 3] });
    assert.deepEqual(vectors, new Float32Array(12).fill(5));
    assert.deepEqual([...kb.getVector("Q2")], [1, 2, 3]);
  });
});

describe("removeEntity", () => {
  test("takes its candidates along, and aliases that are left without any", () => {
    const { kb } = smallKb();
    kb.addAlias("nobody", [], []);
    assert.deepEqual(found(kb, "The Adams"), [["Q2", "plural"]]);
    assert.equal(kb.removeEntity("Q2"), true);
    assert.deepEqual(kb.getEntityStrings(), ["Q1", "Q3", "Q72"]);
    assert.deepEqual(kb.getAliasStrings(), ["douglas", "Douglas Adams", "Zürich", "nobody"]);
    assert.deepEqual(kb.types, ["PER", "GPE"]);
    assert.deepEqual([kb.name(1), [...kb.getVector("Q72")], kb.freq[2]], ["Adam", [1, 1, 1], 400]);
    assert.deepEqual([...kb.getVector("Q2")], [0, 0, 0]);
    assert.deepEqual(found(kb, "The Adams"), []);
    assert.deepEqual(found(kb, "DOUGLAS"), [["Q3", "normalised"]]);
    assert.deepEqual(found(kb, "Douglas Adamsen"), [["Q1", "trigram"]]);
    assert.deepEqual([...kb.aliases.partial("Douglas")], [1]);
    assert.deepEqual([...kb.entityAliases(2)], [2]);
    assert.equal(kb.getPriorProb("Q3", "douglas"), Math.fround(0.1));
    assert.deepEqual([...kb.terms.nameTermCount], [2, 1, 1]);
  });

  test("of an unknown id does nothing; many go in one go", () => {
    const { kb } = smallKb();
    const before = contentOf(kb);
    assert.equal(kb.removeEntity("Q9"), false);
    assert.equal(kb.removeEntities([]), 0);
    assert.deepEqual(contentOf(kb), before);
    assert.equal(kb.removeEntities(["Q1", "Q9", "Q2", "Q1"]), 2);
    assert.deepEqual(kb.getAliasStrings(), ["douglas", "Zürich"]);
    assert.equal(kb.removeEntities(new Set(["Q3", "Q72"])), 2);
    assert.equal(kb.isEmpty(), true);
    assert.deepEqual([kb.getSizeAliases(), kb.types, kb.vectors], [0, [], undefined]);
    kb.addEntity("Q1", { name: "again" });
    kb.addAlias("douglas", ["Q1"], [1]);
    assert.deepEqual(found(kb, "Douglas"), [["Q1", "normalised"]]);
  });

  test("a candidate that was found before still tells of its own entity", () => {
    const { kb } = smallKb();
    const [candidate] = kb.getCandidates("Zürich");
    kb.removeEntity("Q1");
    kb.removeAlias("douglas");
    assert.deepEqual([candidate?.entity_, candidate?.alias_, candidate?.entityFreq], ["Q72", "Zürich", 400]);
    assert.deepEqual([...(candidate?.entityVector ?? [])], [1, 1, 1]);
  });
});

describe("setAlias, updateAlias, removeAlias", () => {
  test("give an alias other entities, in its row", () => {
    const { kb, warnings } = smallKb();
    assert.equal(kb.updateAlias("douglas", ["Q1"], [0.5]), 0);
    assert.equal(kb.setAlias("adam", ["Q3", "Q1"], [0.25, 0.5]), 2);
    assert.equal(kb.setAlias("new", ["Q3"], [1]), 4);
    assert.equal(kb.setAlias("Zürich", [], []), 3);
    assert.deepEqual(warnings, []);
    const all = kb.getAliasStrings().map((alias) => kb.getAliasCandidates(alias).map((c) => c.entity_));
    assert.deepEqual(all, [["Q1"], ["Q1"], ["Q1", "Q3"], [], ["Q3"]]);
    assert.deepEqual([...kb.entityAliases(0)], [0, 1, 2]);
    assert.deepEqual([...kb.toParts().candidates.offsets], [0, 1, 2, 4, 4, 5]);
    kb.appendAlias("douglas", "Q3", 0.5);
    assert.equal(kb.getPriorProb("Q3", "douglas"), 0.5);
  });

  test("are refused with the codes of addAlias, E176 for an unknown alias, and then change nothing", () => {
    const { kb } = smallKb();
    const before = contentOf(kb);
    assert.throws(() => kb.updateAlias("x", ["Q1"], [1]), { code: "E176" });
    assert.throws(() => kb.updateAlias("", ["Q1"], [1]), { code: "E890" });
    for (const change of ["setAlias", "updateAlias"] as const) {
      assert.throws(() => kb[change](null as unknown as string, ["Q1"], [1]), { code: "E890" });
      assert.throws(() => kb[change]("adam", ["Q1"], []), { code: "E132" });
      assert.throws(() => kb[change]("adam", ["Q1"], [2]), { code: "E133" });
      assert.throws(() => kb[change]("adam", ["Q9"], [1]), { code: "E134" });
      assert.throws(() => kb[change]("adam", ["Q1"], [-1]), { code: "L205" });
      assert.throws(() => kb[change]("adam", ["Q1", "Q1"], [0, 0]), { code: "L206" });
    }
    assert.deepEqual(contentOf(kb), before);
  });

  test("an alias that is removed is found in no way", () => {
    const { kb } = smallKb();
    assert.deepEqual(found(kb, "ZURICH"), [["Q72", "normalised"]]);
    assert.equal(kb.removeAlias("Zürich"), true);
    assert.equal(kb.removeAlias("Zürich"), false);
    assert.equal(kb.removeAlias("douglas"), true);
    assert.deepEqual(found(kb, "DOUGLAS ADAMS"), [["Q1", "normalised"]]);
    assert.deepEqual([...kb.entityAliases(1)], [1]);
    for (const mention of ["Zürich", "ZURICH", "Zurichs", "Zuriich"])
      assert.deepEqual(found(kb, mention), []);
    assert.equal(kb.removeAliases(["x", "adam", "adam"]), 1);
    assert.deepEqual(kb.getAliasStrings(), ["Douglas Adams"]);
    assert.equal(kb.getPriorProb("Q1", "Douglas Adams"), Math.fround(0.9));
    assert.equal(kb.getSizeEntities(), 4);
  });
});
