import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { AliasIndex } from "../../src/kb/alias-index.js";
import { fold } from "../../src/kb/fold.js";
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

  test("most similar first, ties by row, with their similarity", () => {
    const found = places.trigram("Pensylvania", 10);
    assert.deepEqual(
      found.map(({ alias }) => alias),
      [0, 2, 5, 4, 1],
    );
    // One letter of twelve is missing; of the 15 trigrams of "pensylvania" and "pennsylvanian" 9 are shared.
    assert.deepEqual(
      found.slice(0, 3).map(({ similarity }) => similarity),
      [1 - 1 / 12, 1 - 1 / 12, 9 / 15],
    );
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
  test("one typo is enough, whatever it is and however short the name", () => {
    const names = indexOf(["Abraham", "John", "Jerusalem", "Ezekiel"]);
    const found = (mention: string) => names.trigram(mention, 5);
    for (const mention of ["Abrahma", "Arbaham", "Abrxham", "Ybraham"]) {
      assert.deepEqual(found(mention), [{ alias: 0, similarity: 1 - 1 / 7 }], mention);
    }
    assert.deepEqual(found("Abrham"), [{ alias: 0, similarity: 1 - 1 / 7 }]);
    assert.deepEqual(found("Abrahham"), [{ alias: 0, similarity: 1 - 1 / 8 }]);
    assert.deepEqual(found("Jonh"), [{ alias: 1, similarity: 1 - 1 / 4 }]);
    assert.deepEqual(found("Jersualem"), [{ alias: 2, similarity: 1 - 1 / 9 }]);
    assert.deepEqual(found("Jhno"), []);
  });
  test("but for typos short mentions must be more similar than long ones", () => {
    // Half of the trigrams is enough for 9 letters, not for 7.
    assert.equal(indexOf(["Romani"]).trigram("Romaniacs", 5)[0]?.similarity, 5 / 10);
    assert.deepEqual(indexOf(["Roman"]).trigram("Romania", 5), []);
  });
  test("names of less than 4 letters and digits stay exact, symbols too", () => {
    const names = [
      "C++",
      "C#",
      "IBM",
      "U2",
      "AT&T",
      "NY",
      "US",
      "€",
      "Pen",
      "abc",
      "東京",
      "🍎🍏",
      "👨‍👩‍👧",
      "🇺🇸",
    ];
    const short = indexOf(names);
    for (const [alias, name] of names.entries()) {
      assert.deepEqual([...short.normalised(name)], [alias], name);
      assert.deepEqual(short.trigram(name, 5), [], name);
    }
    const others = [
      "C--",
      "IBN",
      "IBMx",
      "U22",
      "AT&X",
      "N",
      "USA",
      "$",
      "Penn",
      "abcbc",
      "東都",
      "🍎🍎",
      "👨‍👩‍👦",
      "🇺🇲",
    ];
    for (const mention of others) {
      assert.deepEqual([...short.normalised(mention)], [], mention);
      assert.deepEqual(short.trigram(mention, 5), [], mention);
      assert.deepEqual([...short.partial(mention)], [], mention);
    }
    // Case, dots and spaces are no misspelling.
    assert.deepEqual([...short.normalised("n.y."), ...short.normalised("at & t")], [5, 4]);
    assert.deepEqual([...short.plural("IBMs")], [2]);
  });
  test("similarities are above 0, at most 1, and 1 for the same fold", () => {
    const names = fc.string({ unit: fc.constantFrom("a", "b", "c", " ", "é"), minLength: 4, maxLength: 12 });
    fc.assert(
      fc.property(fc.uniqueArray(names, { maxLength: 60 }), names, (all, mention) => {
        for (const { alias, similarity } of indexOf(all).trigram(mention, 10)) {
          assert.ok(similarity > 0 && similarity <= 1);
          if (fold(all[alias] as string) === fold(mention)) assert.equal(similarity, 1);
        }
      }),
      { seed: 5, numRuns: 300 },
    );
  });
  test("a name that is too long for it is found as it is, and others by their likeness", () => {
    const long = Array.from({ length: 70_000 }, (_, i) =>
      String.fromCharCode(0x4e00 + (i % 20_000), 0x4e00 + (i % 19_997)),
    ).join("");
    const names = indexOf([long, "Pennsylvania"]);
    assert.deepEqual([names.exact(long), ...names.normalised(long)], [0, 0]);
    assert.deepEqual(names.trigram(long), []);
    assert.deepEqual(names.trigram("Pensylvania"), [{ alias: 1, similarity: 1 - 1 / 12 }]);
  });
  test("an empty index finds nothing", () => {
    assert.deepEqual(indexOf([]).trigram("Pennsylvania", 5), []);
    assert.deepEqual([...indexOf([]).partial("Pennsylvania")], []);
  });

  test("a tie at the last of ten is broken by alias too", () => {
    const names = [..."lmnopqrstuv"].map((letter) => `Pennsylvani${letter}`);
    assert.deepEqual(
      indexOf([...names, "PENNSYLVANIL"])
        .trigram("Pennsylvania")
        .map(({ alias }) => alias),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
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
