import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sentencize } from "../../src/text/sentencizer.js";

function sentencesOf(text: string): string[] {
  return sentencize(text).map(({ start, end }) => text.slice(start, end));
}

/** Expects the parts joined by one space each to come apart as they are. */
function assertSentences(...parts: string[]): void {
  assert.deepEqual(sentencesOf(parts.join(" ")), parts);
}

test("full stops, question and exclamation marks end sentences", () => {
  assertSentences("Emerson won.", "Did he lose?", "Never!", "He retired...", "Then he wrote");
});

test("closing quotes, brackets and note numbers belong to the sentence before", () => {
  assertSentences(
    'He said "yes."',
    '"No," she said.',
    "(It was late.)",
    "They left.[12]",
    "“Stay!”",
    "Nobody did.",
  );
});

test("text that goes on in lower case is the same sentence", () => {
  assertSentences('"What?" he said.', "It took approx. five days, i.e. too long.", "Wait... what?");
  assertSentences('"Stop!" , Mauch said.', "Hm . . . nothing.");
});

test("titles, initials and acronyms don't end a sentence", () => {
  assertSentences("Dr. Smith and Mrs. J. Smith met Gen. U. S. Grant.", "They flew to St. Louis.");
  assertSentences("DR. KING spoke on the U.S. Senate floor.", "So did J. R. R. Tolkien.");
  assertSentences("Acme Inc. Chairman Lee holds a Ph.D. Nobody asked.");
  assertSentences("J. A. Smith came.", "H. I. Jones went.");
});

test("an acronym before a word that begins sentences ends one", () => {
  assertSentences("He came to the U.S.", "The war was over.");
  assertSentences("They live on Main St.", "It is long.");
  assertSentences("She left at 5 p.m.", "He stayed.");
});

test("abbreviations before numbers", () => {
  assertSentences("See No. 5, vol. II and Fig. 3 of Jan. 5.", "Is it so?", "No.", "Nothing is.");
  assertSentences(
    "1. Introduction.",
    "It was 1964.",
    "He was 12.",
    "Prices rose 3.5 percent to $1.2 million.",
  );
});

test("a dot inside a word is none", () => {
  assertSentences("Node.js and example.com are names.", "So is U2.");
});

test("line ends of all kinds end sentences, blank lines make none", () => {
  assert.deepEqual(sentencesOf("Title\r\n\r\n  and Dr.\nSmith \t\n\rlast\u2028one\u2029end"), [
    "Title",
    "and Dr.",
    "Smith",
    "last",
    "one",
    "end",
  ]);
});

test("marks of other scripts", () => {
  assert.deepEqual(sentencesOf("東京は首都。人口は多い！本当？"), ["東京は首都。", "人口は多い！", "本当？"]);
  assertSentences("यह एक है।", "वह दो है।");
  assertSentences("هل هذا؟", "نعم.");
});

test("emoji and lone surrogates are text", () => {
  assertSentences("I won! 😀".slice(0, 6), "😀 \ud83d.", "\ude00 Next.");
});

test("white space alone has no sentence", () => {
  for (const text of ["", " ", "\r\n \t\u00a0\ufeff\u2028"]) assert.deepEqual(sentencize(text), []);
});

test("marks alone are a sentence", () => {
  assert.deepEqual(sentencize("  ... "), [{ start: 2, end: 5 }]);
  assert.deepEqual(sentencize("."), [{ start: 0, end: 1 }]);
});

test("sentences are ordered, trimmed, and leave out white space only", () => {
  const pieces = fc.constantFrom(
    "Dr",
    "U.S",
    "a",
    "The",
    ".",
    "!",
    "。",
    " ",
    "\n",
    "\r",
    '"',
    "5",
    "[1]",
    "\ud800",
    "😀",
    "(",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 40 }), (parts) => {
      const text = parts.join("");
      let at = 0;
      for (const { start, end } of sentencize(text)) {
        assert.ok(at <= start && start < end && end <= text.length);
        assert.equal(text.slice(at, start).trim(), "");
        assert.equal(text.slice(start, end).trim(), text.slice(start, end));
        assert.doesNotMatch(text.slice(start, end), /[\n\r\u2028\u2029]/);
        at = end;
      }
      assert.equal(text.slice(at).trim(), "");
    }),
    { numRuns: 500 },
  );
});

test("time grows with the length of the text, not with its square", () => {
  const units = ["a.", ". ", " ", ".", '."', "U.S. ", "x\n", "Dr. Who ", "[1]", "(", "aaaa", "No. \u00a0"];
  for (const unit of units) {
    const text = unit.repeat(Math.ceil((1 << 20) / unit.length));
    const start = performance.now();
    sentencize(text);
    const ms = performance.now() - start;
    assert.ok(ms < 2000, `${JSON.stringify(unit)} repeated to a million characters took ${ms} ms`);
  }
});
