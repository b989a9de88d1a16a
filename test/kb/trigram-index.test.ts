import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { StringTable } from "../../src/kb/string-table.js";
import { type SimilarKey, TrigramIndex } from "../../src/kb/trigram-index.js";

function tableOf(names: readonly string[]): StringTable {
  const table = new StringTable();
  for (const name of names) table.add(name);
  return table;
}

function gramsOf(text: string): Set<string> {
  return new Set(Array.from({ length: text.length }, (_, i) => `^${text}$`.slice(i, i + 3)));
}

function jaccard(a: string, b: string): number {
  const own = gramsOf(a);
  const others = gramsOf(b);
  const shared = [...own].filter((gram) => others.has(gram)).length;
  return own.size + others.size === 0 ? 0 : shared / (own.size + others.size - shared);
}

/** The plain way: every key compared. */
function compareAll(names: readonly string[], text: string, least: number): SimilarKey[] {
  return names
    .map((name, key) => ({ key, similarity: jaccard(name, text) }))
    .filter(({ similarity }) => similarity >= least)
    .sort((a, b) => b.similarity - a.similarity || a.key - b.key);
}

test("similarity is the Jaccard index of the sets of trigrams", () => {
  const similarity = (text: string, name: string): number =>
    TrigramIndex.build(tableOf([name])).search(text, 0.1)[0]?.similarity ?? 0;
  assert.equal(similarity("pensylvania", "pennsylvania"), 10 / 13);
  assert.equal(similarity("aaaaaa", "aaaaaaaaa"), 1);
  assert.equal(similarity("", ""), 0);
  assert.equal(similarity("ab", "ab"), 1);
});

test("a search finds what comparing with every key finds, whatever it was asked before", () => {
  // Few letters make many keys alike; the emoji is two UTF-16 units.
  const words = fc.string({ unit: fc.constantFrom("a", "b", "c", "é", "🍎"), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(
      fc.uniqueArray(words, { maxLength: 120 }),
      fc.array(words, { maxLength: 8 }),
      (names, texts) => {
        const index = TrigramIndex.build(tableOf(names));
        for (const text of [...texts, ...names.slice(0, 8).map((name) => name.slice(1))]) {
          for (const least of [0.2, 0.45, 0.5, 1]) {
            assert.deepEqual(index.search(text, least), text === "" ? [] : compareAll(names, text, least));
          }
        }
      },
    ),
    { seed: 11, numRuns: 200 },
  );
});

test("thousands of keys and grams", () => {
  // A fixed walk of a linear congruential generator in place of random numbers.
  let state = 1;
  const next = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const syllables = Array.from({ length: 60 }, () =>
    String.fromCharCode(97 + next(26), 97 + next(26), 97 + next(26)),
  );
  const word = (): string => Array.from({ length: 2 + next(3) }, () => syllables[next(60)]).join("");
  const names = [...new Set(Array.from({ length: 4000 }, word))];
  const keys = tableOf(names);
  const index = TrigramIndex.build(keys);
  assert.ok(index.toColumns().codes.length > 2000);
  for (let i = 0; i < names.length; i += 97) {
    const name = names[i] as string;
    const misspelt = `${name.slice(0, 3)}x${name.slice(4)}`;
    assert.deepEqual(index.search(misspelt, 0.4), compareAll(names, misspelt, 0.4));
  }
  assert.deepEqual(
    new TrigramIndex(keys, index.toColumns()).search("abcabc", 0.1),
    index.search("abcabc", 0.1),
  );
});

/** A text in which no three neighbours come twice. */
function distinctText(length: number): string {
  const pair = (i: number): string =>
    String.fromCharCode(0x4e00 + (i % 20_000), 0xac00 + Math.floor(i / 20_000));
  return Array.from({ length }, (_, i) => pair(i))
    .join("")
    .slice(0, length);
}

test("up to 255 characters are searched for, in keys of any length", () => {
  const names = [256, 255, 254].map((length) => distinctText(length));
  const index = TrigramIndex.build(tableOf(names));
  for (const name of names.slice(1)) assert.deepEqual(index.search(name, 0.4), compareAll(names, name, 0.4));
  assert.equal(index.search(names[1] as string, 1).length, 1);
  assert.deepEqual(index.search(names[0] as string, 0.4), []);
  assert.deepEqual(index.search("a".repeat(256), 0.4), []);
});

test("a key of more grams than are counted costs nothing but itself", () => {
  const names = ["Transylvania", distinctText(0xffff), distinctText(0x10000), "Pennsylvania"];
  const index = TrigramIndex.build(tableOf(names));
  assert.deepEqual([...index.toColumns().gramCounts], [12, 0xffff, 0, 12]);
  const others = ["Transylvania", "", "", "Pennsylvania"];
  for (const name of ["Pensylvania", "Transilvania"]) {
    assert.deepEqual(index.search(name, 0.4), compareAll(others, name, 0.4));
  }
});
