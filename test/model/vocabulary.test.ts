import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Lexicon } from "../../src/model/lexicon.js";
import { buildVocabulary, Vocabulary } from "../../src/model/vocabulary.js";
import { Doc } from "../../src/text/doc.js";
import { assertClose, tinyDocs, tinyKb } from "../fixtures.js";

describe("buildVocabulary", () => {
  const { terms } = tinyKb();

  it("gives rows to the commonest words of texts and descriptions, ties by alphabet; once is not enough", () => {
    const docs = [new Doc("zebra zebra zebra yak yak lion"), new Doc("lion seine")];
    const vocabulary = buildVocabulary(docs, terms, { vocabularySize: 5, hashBuckets: 4 });
    // zebra 3; pari 3 and of 3 from descriptions; then twos by alphabet: a, amman is once, and ...
    assert.deepEqual(vocabulary.words.slice(0, 5), ["of", "pari", "zebra", "a", "and"]);
    assert.equal(vocabulary.size, 5);
    assert.ok(!vocabulary.index.has("kingdom"), "once");
    assert.deepEqual([vocabulary.row("of"), vocabulary.row("and")], [1, 5]);
    assert.ok(vocabulary.row("lion") > 5, "beyond the size: a hash row, though it is counted");
    const first = vocabulary.words[5] as string;
    assert.equal(vocabulary.row(first), vocabulary.row(first, -1), "so is the first word beyond");
    assert.equal(vocabulary.rows, 1 + 5 + 4);
  });

  it("counts passages of 100 words", () => {
    const docs = [new Doc(`${"lion ".repeat(250)}yak`), new Doc("lion")];
    const vocabulary = buildVocabulary(docs, terms, { vocabularySize: 50, hashBuckets: 4 });
    assert.equal(vocabulary.passages, 4);
    const count = (word: string): number | undefined =>
      vocabulary.passageCounts[vocabulary.index.get(word) as number];
    assert.equal(count("lion"), 4);
  });

  it("is the same after it was text", () => {
    const vocabulary = buildVocabulary(tinyDocs().train, terms, { vocabularySize: 20, hashBuckets: 7 });
    const again = Vocabulary.fromText(vocabulary.toText());
    assert.deepEqual(again, vocabulary);
    for (const word of ["seine", "zürich", "xyzzy"]) assert.equal(again.row(word), vocabulary.row(word));
  });

  it("puts unknown words on hash rows, the same in every process", () => {
    const vocabulary = new Vocabulary([], new Int32Array(0), 10, 0, 1000);
    // FNV-1a of "a" is 0xe40c292c = 3826002220 (http://www.isthe.com/chongo/tech/comp/fnv/)
    assert.equal(vocabulary.row("a"), 1 + (3826002220 % 1000));
  });
});

describe("Lexicon", () => {
  const kb = tinyKb();
  const vocabulary = new Vocabulary(["seine", "the", "king"], Int32Array.of(3, 99, 0), 99, 2, 5);
  const lexicon = new Lexicon(vocabulary, kb.terms, kb.getSizeEntities());

  it("takes the lower idf of text and descriptions, from 0.05 to 7", () => {
    const idf = (word: string): number => lexicon.get(word).idf;
    assertClose([idf("seine")], [Math.log(9 / 2)], 1e-6); // in text ln(100 / 4) = 3.2
    assertClose([idf("the")], [0.05], 1e-6); // in text ln(100 / 100)
    assertClose([idf("king")], [Math.log(9)], 1e-6); // in no description
    const large = new Lexicon(new Vocabulary([], new Int32Array(0), 1e6, 0, 1), kb.terms, 1e6);
    assert.equal(large.get("xyzzy").idf, 7);
  });

  it("knows the term, -1 when no description has the word, and the embedding row", () => {
    assert.equal(kb.terms.terms.at(lexicon.get("seine").term), "seine");
    assert.equal(lexicon.get("king").term, -1);
    assert.equal(lexicon.get("the").row, 2);
    assert.ok(lexicon.get("king").row > 2, "counted, but without a row of its own");
    assert.equal(lexicon.get("king").row, vocabulary.row("king", -1), "as a word that is not there");
  });
});
