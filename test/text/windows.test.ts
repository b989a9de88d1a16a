import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Doc } from "../../src/text/doc.js";
import { sentenceWindow, tokenSentences } from "../../src/text/windows.js";

const text = "One is here. Two is there.\r\nThree is far! 😀 Four is near.";
const doc = new Doc(text);

/** The window's text of the first place where `mention` stands. */
function windowOf(mention: string, nSents: number, of = doc): string {
  const at = of.text.indexOf(mention);
  const { start, end } = sentenceWindow(of, at, at + mention.length, nSents);
  return of.text.slice(start, end);
}

test("a window is the sentence of the span and n more on either side, clipped to the text", () => {
  assert.equal(windowOf("Two", 0), "Two is there.");
  assert.equal(windowOf("Two", 1), "One is here. Two is there.\r\nThree is far!");
  assert.equal(windowOf("One", 1), "One is here. Two is there.");
  assert.equal(windowOf("Four", 1), "Three is far! 😀 Four is near.");
  assert.equal(windowOf("Three", 99), text);
});

test("a span that crosses sentences has all of them", () => {
  assert.equal(windowOf("there.\r\nThree", 0), "Two is there.\r\nThree is far!");
  assert.equal(windowOf("here. Two is there.\r\nThree", 1), text);
  assert.equal(windowOf("is here. ", 0), "One is here. ");
});

test("given sentences may leave gaps; the window still holds the span", () => {
  const gaps = new Doc("aa bb cc dd ee", {
    sents: [
      { start: 3, end: 5 },
      { start: 9, end: 11 },
    ],
  });
  assert.equal(windowOf("bb", 0, gaps), "bb");
  assert.equal(windowOf("cc", 0, gaps), "bb cc");
  assert.equal(windowOf("aa", 0, gaps), "aa bb");
  assert.equal(windowOf("ee", 0, gaps), "dd ee");
  assert.equal(windowOf("cc", 1, gaps), "bb cc dd");
});

test("a text without sentences is one window", () => {
  assert.deepEqual(sentenceWindow(new Doc(" \n "), 1, 2, 0), { start: 0, end: 3 });
  assert.deepEqual(sentenceWindow(new Doc("No sentences.", { sents: [] }), 0, 2, 1), { start: 0, end: 13 });
});

test("tokenSentences numbers the sentence of each token", () => {
  assert.deepEqual([...tokenSentences(doc)], [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
  const gaps = new Doc("aa bb cc dd ee", {
    sents: [
      { start: 3, end: 5 },
      { start: 9, end: 11 },
    ],
  });
  assert.deepEqual([...tokenSentences(gaps)], [0, 0, 0, 1, 1]);
  assert.deepEqual([...tokenSentences(new Doc(""))], []);
  assert.deepEqual([...tokenSentences(new Doc("a b", { sents: [] }))], [0, 0]);
});

test("any window holds its span, begins and ends at sentences, and grows with n", () => {
  const pieces = fc.array(fc.constantFrom("Ab", " ", ". ", "\n", "X", "! ", "😀"), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(pieces, fc.nat(), fc.nat(), fc.nat(3), (parts, a, b, nSents) => {
      const any = new Doc(parts.join(""));
      const start = a % any.text.length;
      const end = start + 1 + (b % (any.text.length - start));
      const window = sentenceWindow(any, start, end, nSents);
      const wider = sentenceWindow(any, start, end, nSents + 1);
      assert.ok(window.start <= start && end <= window.end);
      assert.ok(wider.start <= window.start && window.end <= wider.end);
      assert.ok(
        window.start === start || window.start === 0 || any.sents.some((s) => s.start === window.start),
      );
      assert.ok(
        window.end === end || window.end === any.text.length || any.sents.some((s) => s.end === window.end),
      );
    }),
  );
});
