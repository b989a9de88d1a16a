import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { normalizeWord, tokenize } from "../../src/text/tokenizer.js";

function wordsOf(text: string): string[] {
  const { length, starts, ends } = tokenize(text);
  return Array.from({ length }, (_, i) => text.slice(starts[i], ends[i]));
}

test("words are runs of letters, digits, marks and underscores", () => {
  assert.deepEqual(wordsOf("Kings of Judah, 2 Kings 25:27; snake_case don't"), [
    "Kings",
    "of",
    "Judah",
    "2",
    "Kings",
    "25",
    "27",
    "snake_case",
    "don",
    "t",
  ]);
  assert.deepEqual(tokenize("Kings of the Cities").norms, ["king", "of", "the", "city"]);
});

test("offsets are UTF-16 code units behind emoji, CRLF and letters outside the BMP", () => {
  const text = "😀 Bath\r\n👩‍👩‍👧 𝒳yz Zoë";
  const { starts, ends } = tokenize(text);
  assert.deepEqual(wordsOf(text), ["Bath", "𝒳yz", "Zoë"]);
  assert.deepEqual([...starts], [3, 18, 23]);
  assert.deepEqual([...ends], [7, 22, 26]);
});

test("combining marks stay in their word", () => {
  const text = "cafe\u0301 au lait";
  assert.deepEqual(wordsOf(text), ["cafe\u0301", "au", "lait"]);
  assert.equal(tokenize(text).norms[0], "cafe\u0301");
});

test("lone surrogates stand between words and shift nothing", () => {
  const text = "a\ud800b \udc00c\ud83d";
  assert.deepEqual(wordsOf(text), ["a", "b", "c"]);
  assert.deepEqual([...tokenize(text).starts], [0, 2, 5]);
});

test("scripts without spaces and without case are words too", () => {
  assert.deepEqual(wordsOf("東京は、日本。 Москва עברית हिन्दी"), [
    "東京は",
    "日本",
    "Москва",
    "עברית",
    "हिन्दी",
  ]);
});

test("a text without words has no tokens", () => {
  for (const text of ["", " \r\n\t", "...!?", "😀"]) {
    const { length, starts, ends, norms } = tokenize(text);
    assert.deepEqual([length, starts.length, ends.length, norms.length], [0, 0, 0, 0]);
  }
});

test("normalizeWord lowers case and leaves out a plural's ending", () => {
  const expected = {
    Cities: "city",
    ties: "tie",
    Kings: "king",
    Glass: "glass",
    bus: "bus",
    gods: "god",
    JESUS: "jesu",
    "": "",
    S: "s",
  };
  for (const [word, norm] of Object.entries(expected)) assert.equal(normalizeWord(word), norm);
});

test("norms are normalizeWord of each word, also for long words and once the cache was full", () => {
  const many = Array.from({ length: 70_000 }, (_, i) => `Word${i}s`).join(" ");
  const { norms } = tokenize(`${many} Misunderstandings ${many}`);
  assert.equal(norms.length, 140_001);
  assert.equal(norms[0], "word0");
  assert.equal(norms[70_000], "misunderstanding");
  assert.equal(norms[140_000], "word69999");
});

test("what lies between words has no word character, whatever the text", () => {
  const anyText = fc.string({
    unit: fc.oneof(fc.constantFrom("a", " ", ".", "\ud83d", "\ude00", "\u0301"), fc.string()),
  });
  fc.assert(
    fc.property(anyText, (text) => {
      const { length, starts, ends, norms } = tokenize(text);
      let between = "";
      let at = 0;
      for (let i = 0; i < length; i++) {
        const [start = -1, end = -1] = [starts[i], ends[i]];
        assert.ok(at <= start && start < end && end <= text.length);
        assert.equal(norms[i], normalizeWord(text.slice(start, end)));
        between += `${text.slice(at, start)} `;
        at = end;
      }
      assert.doesNotMatch(between + text.slice(at), /[\p{L}\p{N}\p{M}_]/u);
    }),
  );
});

test("a run of twenty million letters is one word", () => {
  for (const letter of ["a", "東", "𝒳"]) {
    const text = letter.repeat(20_000_000 / letter.length);
    assert.deepEqual([...tokenize(text).ends], [text.length]);
  }
});
