import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PrefixIndex } from "../../src/kb/prefix-index.js";
import { StringTable } from "../../src/kb/string-table.js";
import { makeRandom } from "../../src/model/random.js";
import { tinyKb } from "../fixtures.js";

function indexOf(keys: readonly string[], weights: readonly number[]): PrefixIndex {
  const table = new StringTable();
  for (const key of keys) table.add(key);
  return PrefixIndex.build(table, Float32Array.from(weights));
}

describe("PrefixIndex", () => {
  it("gives the key itself, then the heaviest that begin with it", () => {
    const keys = ["paris", "par", "parma", "perth", "paris texas", "x"];
    const index = indexOf(keys, [5, 1, 9, 100, 7, 3]);
    const found = (prefix: string, limit = 10): string[] =>
      index.heaviest(prefix, limit).map((key) => keys[key] as string);
    assert.deepEqual(found("par"), ["par", "parma", "paris texas", "paris"]);
    assert.deepEqual(found("par", 2), ["par", "parma"]);
    assert.deepEqual(found("par", 1), ["par"]);
    assert.deepEqual(found("pa", 1), ["parma"]);
    assert.deepEqual(found("parz"), []);
    assert.deepEqual(found("y"), []);
    assert.deepEqual(found("", 2), ["perth", "parma"]);
  });

  it("finds what a scan finds, among keys of all lengths, alphabets and shared beginnings", () => {
    const random = makeRandom("prefixes");
    const alphabet = ["a", "b", "é", "日", "😀", "\0", " "];
    const pick = (most: number): number => Math.floor(random.next() * most);
    const long = "ab".repeat(200);
    const keys = [
      ...new Set(
        Array.from({ length: 4000 }, (_, i) => {
          const key = Array.from({ length: pick(9) }, () => alphabet[pick(alphabet.length)]).join("");
          return i % 10 === 0 ? long + key : key;
        }),
      ),
    ];
    const weights = keys.map(() => pick(50));
    const index = indexOf(keys, weights);
    const prefixes = [...keys.slice(0, 400), "", long, `${long}😀`, "abab", "zz"];
    for (const prefix of prefixes) {
      const all = keys.filter((key) => key.startsWith(prefix));
      const found = index.heaviest(prefix, 12);
      assert.equal(found.length, Math.min(12, all.length), `how many of ${JSON.stringify(prefix)}`);
      assert.equal(new Set(found).size, found.length);
      assert.ok(found.every((key) => keys[key]?.startsWith(prefix)));
      const itself = keys.indexOf(prefix);
      const others = itself < 0 ? found : found.slice(1);
      if (itself >= 0) assert.equal(found[0], itself);
      const expected = all
        .map((key) => keys.indexOf(key))
        .filter((key) => key !== itself)
        .map((key) => weights[key] as number)
        .sort((a, b) => b - a)
        .slice(0, others.length);
      assert.deepEqual(
        others.map((key) => weights[key]),
        expected,
      );
    }
  });

  it("weighs a knowledge base's folds by how often their entities are meant, and follows its changes", () => {
    const kb = tinyKb();
    const found = (prefix: string): string[] =>
      kb.prefixes
        .heaviest(prefix, 5)
        .flatMap((key) => Array.from(kb.aliases.aliasesOfKey(key), (alias) => kb.aliasStrings.at(alias)));
    assert.deepEqual(found("par"), ["Paris", "Paris Hilton"]);
    assert.deepEqual(found("zu"), ["Zürich"]);
    kb.addAlias("Paradise", ["Q1"], [1]);
    assert.deepEqual(found("par"), ["Paradise", "Paris", "Paris Hilton"]);
    kb.updateEntity("Q3", { freq: 1000 });
    assert.deepEqual(found("par"), ["Paris Hilton", "Paris", "Paradise"]);
  });
});
