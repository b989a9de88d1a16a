/** A word that one entity of the fixtures' knowledge base has is worth ln(9 / 2), two have ln(9 / 3), three ln(9 / 4) < 1. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { viewDocument } from "../../src/model/document-view.js";
import { Lexicon } from "../../src/model/lexicon.js";
import type { Mention } from "../../src/model/mention.js";
import { type Surroundings, surroundingsOf, UNKNOWN_NEIGHBOUR } from "../../src/model/surroundings.js";
import { assertClose, marked, tinyKb } from "../fixtures.js";
import { rareWords, withCandidates } from "./feature-rows.js";

const kb = tinyKb();
const WORDS = ["seine", "texa", "capital", "of", "hilton"];
const vocabulary = rareWords(WORDS);
const ONE = Math.log(9 / 2);
const TWO = Math.log(9 / 3);

const EDGE = 1;
const code = (word: string): number => 2 + WORDS.indexOf(word);

/** The surroundings of a text's first mention. */
function around(text: string): Surroundings {
  const doc = marked(text);
  const [mention] = withCandidates(doc, kb).mentions;
  const view = viewDocument(doc, new Lexicon(vocabulary, kb.terms, kb.getSizeEntities()));
  return surroundingsOf(view, mention as Mention);
}

const neighboursOf = (text: string): number[] => [...around(text).neighbours];

/** Content words and their weights, in the order of the text. */
function wordsOf(text: string): (readonly [word: string, weight: number])[] {
  const { words, weights } = around(text);
  return words.map((word, i) => [WORDS[word] as string, weights[i] as number]);
}

function assertWords(text: string, expected: Readonly<Record<string, number>>): void {
  const found = wordsOf(text);
  assert.deepEqual(
    found.map(([word]) => word),
    Object.keys(expected),
    text,
  );
  assertClose(
    found.map(([, weight]) => weight),
    Object.values(expected),
    1e-6,
    text,
  );
}

describe("surroundingsOf: neighbours", () => {
  it("are two words before the mention and two after it, whatever their case and number", () => {
    assert.deepEqual(neighboursOf("so Seine, Texas: [Paris] (CAPITALS of) Hilton"), [
      code("seine"),
      code("texa"),
      code("capital"),
      code("of"),
    ]);
  });

  it("stand around all words of the mention", () => {
    assert.deepEqual(neighboursOf("of Seine [Paris Hilton] Texas of"), [
      code("of"),
      code("seine"),
      code("texa"),
      code("of"),
    ]);
  });

  it("are the edge outside of the text, alike on both sides", () => {
    assert.deepEqual(neighboursOf("[Paris]"), [EDGE, EDGE, EDGE, EDGE]);
    assert.deepEqual(neighboursOf("Seine [Paris] Texas"), [EDGE, code("seine"), code("texa"), EDGE]);
  });

  it("are the edge outside of the mention's sentence too", () => {
    assert.deepEqual(neighboursOf("Of Texas. Seine [Paris]. Of Texas."), [EDGE, code("seine"), EDGE, EDGE]);
    assert.deepEqual(neighboursOf("Of Texas. [Paris] of Seine."), [EDGE, EDGE, code("of"), code("seine")]);
  });

  it("that training text never had are no edge and no word", () => {
    assert.deepEqual(neighboursOf("a zebra [Paris] yak"), [
      UNKNOWN_NEIGHBOUR,
      UNKNOWN_NEIGHBOUR,
      UNKNOWN_NEIGHBOUR,
      EDGE,
    ]);
    assert.ok(![EDGE, ...WORDS.map(code)].includes(UNKNOWN_NEIGHBOUR));
  });

  it("of a mention without a word are those beside its place", () => {
    assert.deepEqual(neighboursOf("Seine [€] Texas"), [EDGE, code("seine"), code("texa"), EDGE]);
    assert.deepEqual(neighboursOf("[€]"), [EDGE, EDGE, EDGE, EDGE]);
  });
});

describe("surroundingsOf: words", () => {
  it("weigh idf x (1 + log count), scaled to length 1", () => {
    const [seine, capital] = [ONE * (1 + Math.log(2)), TWO];
    const length = Math.hypot(seine, capital);
    assertWords("Seine, seine, capital: [Paris]", { seine: seine / length, capital: capital / length });
  });

  it("have length 1 together, however many there are", () => {
    for (const text of ["Seine [Paris]", "Seine [Paris] Texas capital", "Texas Texas [Paris] Texas Hilton"]) {
      const square = wordsOf(text).reduce((sum, [, weight]) => sum + weight ** 2, 0);
      assertClose([square], [1], 1e-6, text);
    }
  });

  it("are content: of, which three entities have, and words that training text never had are none", () => {
    assertWords("zebra of Seine [Paris] of", { seine: 1 });
    assertWords("zebra of [Paris] of", {});
  });

  it("leave the mention's own words out, but not where they stand once more", () => {
    assertWords("Seine [Paris Hilton]", { seine: 1 });
    assertWords("Seine [Paris Hilton] Hilton", { seine: Math.SQRT1_2, hilton: Math.SQRT1_2 });
  });

  it("reach 20 tokens to either side, over sentences", () => {
    const so = (count: number): string => "so ".repeat(count);
    assertWords(`Seine ${so(19)}[Paris]`, { seine: 1 });
    assertWords(`Seine ${so(20)}[Paris]`, {});
    assertWords(`[Paris] ${so(19)}Seine`, { seine: 1 });
    assertWords(`[Paris] ${so(20)}Seine`, {});
    assertWords("Seine is wide. Texas too. [Paris] is old.", { seine: Math.SQRT1_2, texa: Math.SQRT1_2 });
  });
});
