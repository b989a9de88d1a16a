import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { contextOf } from "../../src/pipeline/context.js";
import { namedMentions } from "../../src/pipeline/named-mentions.js";
import { Doc } from "../../src/text/doc.js";

describe("contextOf", () => {
  const text = "(One, two) three-four “five”, six; seven.";
  const doc = new Doc(text);
  const around = (mention: string, words: number): string => {
    const start = text.indexOf(mention);
    return contextOf(doc, { start, end: start + mention.length }, words);
  };

  it("takes so many words on each side, and what stands between them", () => {
    assert.equal(around("four", 1), "three-four “five");
    assert.equal(around("four", 2), "two) three-four “five”, six");
    assert.equal(around("One", 1), "One, two");
    assert.equal(around("seven", 2), "five”, six; seven");
    assert.equal(around("four", 99), text.slice(1, -1));
  });

  it("always holds the mention, also where it is no word or cuts one", () => {
    assert.equal(around("four", 0), "four");
    assert.equal(around("”, ", 1), "five”, six");
    assert.equal(around("hre", 1), "two) three-four", "the word that it lies in");
    assert.equal(contextOf(new Doc("!?"), { start: 1, end: 2 }, 3), "?");
    assert.equal(contextOf(new Doc("🍎 good"), { start: 0, end: 2 }, 1), "🍎 good");
  });
});

describe("namedMentions", () => {
  const found = (text: string, ...names: string[]): string[] =>
    (namedMentions(names).detect(new Doc(text)) as { start: number; end: number }[]).map(({ start, end }) =>
      text.slice(start, end),
    );

  it("finds whole words as written, the longest where names overlap", () => {
    assert.deepEqual(found("New York, Newark, New Yorker. York", "York", "New York", ""), [
      "New York",
      "York",
    ]);
    assert.deepEqual(found("C++ (a.b) axb", "a.b", "C++"), ["C++", "a.b"]);
    assert.deepEqual(found("München Münchenstein Mun", "München"), ["München"]);
    assert.deepEqual(found("anything"), []);
  });
});
