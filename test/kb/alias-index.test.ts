import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AliasIndex } from "../../src/kb/alias-index.js";
import { StringTable } from "../../src/kb/string-table.js";

function indexOf(aliases: readonly string[]): AliasIndex {
  const strings = new StringTable();
  for (const alias of aliases) strings.add(alias);
  return AliasIndex.build(strings);
}

const aliases = [
  "Zürich",
  "zurich",
  "Russian",
  "Orange County",
  "County Orange",
  "New York City",
  "of",
  "🍎",
  "Orange",
];
const index = indexOf(aliases);

describe("exact", () => {
  test("is letter by letter", () => {
    assert.equal(index.exact("Zürich"), 0);
    assert.equal(index.exact("ZÜRICH"), -1);
    assert.equal(index.exact("Zu\u0308rich"), -1);
    assert.equal(index.exact("🍎"), 7);
    assert.equal(index.exact(""), -1);
  });
});

describe("normalised", () => {
  test("gives all aliases of one fold, ascending", () => {
    assert.deepEqual([...index.normalised("ZURICH’S")], [0, 1]);
    assert.deepEqual([...index.normalised("the orange county")], [3]);
    assert.deepEqual([...index.normalised("Basel")], []);
    assert.deepEqual([...index.normalised(" ")], []);
  });
  test("a name of symbols is found as it is only", () => {
    assert.deepEqual([...index.normalised("🍎")], [7]);
    assert.deepEqual([...index.normalised("🍏")], []);
  });
  test("a lone surrogate finds nothing, and breaks nothing", () => {
    for (const way of ["normalised", "plural", "partial"] as const)
      assert.equal(index[way]("Zur\ud800").length, 0);
    assert.deepEqual(index.trigram("\ud800\ud800\ud800\ud800", 5), []);
  });
});

describe("plural", () => {
  test("takes the last word in the singular", () => {
    assert.deepEqual([...index.plural("Russians")], [2]);
    assert.deepEqual([...index.plural("Orange Counties")], [3]);
  });
  test("gives nothing for a singular, which normalised finds", () => {
    assert.deepEqual([...index.plural("Russian")], []);
  });
});

describe("partial", () => {
  test("finds names that have one more word at either end", () => {
    assert.deepEqual([...index.partial("orange")], [3, 4]);
    assert.deepEqual([...index.partial("York City")], [5]);
    assert.deepEqual([...index.partial("New York")], [5]);
    assert.deepEqual([...index.partial("york")], []);
  });
  test("neither long names, nor by short ones", () => {
    const others = indexOf(["one two three four five", "a cat", "four word name here", "york york"]);
    assert.deepEqual([...others.partial("two three four five")], []);
    assert.deepEqual([...others.partial("cat")], []);
    assert.deepEqual([...others.partial("four word name")], [2]);
    assert.deepEqual([...others.partial("york")], [3]);
  });
});

describe("trigram", () => {
  const places = indexOf([
    "Pennsylvania",
    "Transylvania",
    "pennsylvania",
    "Penn",
    "Sylvania",
    "Pennsylvanian",
  ]);

  test("most similar first, ties by row, with their Jaccard similarity", () => {
    const found = places.trigram("Pensylvania", 10);
    assert.deepEqual(
      found.map(({ alias }) => alias),
      [0, 2, 5, 4, 1],
    );
    // ^pe pen nsy syl ylv lva van ani nia ia$ are shared; ens is the mention's own, enn and nns the alias's.
    assert.equal(found[0]?.similarity, 10 / 13);
  });
  test("the limit cuts a tie by row", () => {
    assert.deepEqual(
      places.trigram("Pensylvania", 1).map(({ alias }) => alias),
      [0],
    );
  });
  test("the same fold has similarity 1", () => {
    assert.deepEqual(places.trigram("PENNSYLVANIA", 1), [{ alias: 0, similarity: 1 }]);
  });
  test("nothing for mentions under 4 characters, and for far-fetched ones", () => {
    assert.deepEqual(indexOf(["Pen", "Penn"]).trigram("Pen", 5), []);
    assert.deepEqual(places.trigram("Pennies from heaven", 5), []);
    assert.deepEqual(places.trigram("x".repeat(100_000), 5), []);
  });
  test("short mentions must be more similar than long ones", () => {
    const countries = indexOf(["Pakistan", "Brazil", "Burma"]);
    assert.deepEqual(countries.trigram("Pakisten", 5), [{ alias: 0, similarity: 5 / 11 }]);
    // Half of the trigrams is enough for 8 letters, not for 7.
    assert.equal(indexOf(["Romania"]).trigram("Roxmania", 5)[0]?.similarity, 1 / 2);
    assert.deepEqual(indexOf(["Roxmania"]).trigram("Romania", 5), []);
    assert.deepEqual(countries.trigram("Burmah", 5), [{ alias: 2, similarity: 4 / 7 }]);
  });
  test("an empty index finds nothing", () => {
    assert.deepEqual(indexOf([]).trigram("Pennsylvania", 5), []);
    assert.deepEqual([...indexOf([]).partial("Pennsylvania")], []);
  });

  test("a tie of folds is broken by alias, not by fold", () => {
    const tied = indexOf(["Pennsylvanib", "Pennsylvanic", "PENNSYLVANIB"]);
    assert.deepEqual(
      tied.trigram("Pennsylvania", 2).map(({ alias }) => alias),
      [0, 1],
    );
    assert.deepEqual(
      [...indexOf(["Orange County", "Orange City", "ORANGE COUNTY"]).partial("orange")],
      [0, 1, 2],
    );
  });
});
