import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { viewDocument } from "../../src/model/document-view.js";
import { Lexicon } from "../../src/model/lexicon.js";
import { makeRandom } from "../../src/model/random.js";
import { TellingWords } from "../../src/model/telling-words.js";
import { Vocabulary } from "../../src/model/vocabulary.js";
import { Doc } from "../../src/text/doc.js";
import { tinyKb } from "../fixtures.js";

const kb = tinyKb();
const KNOWN = ["seine", "texa", "myth", "king", "often", "rare"];
const UNKNOWN = ["xyzzy", "plugh", "quux"];
const vocabulary = new Vocabulary(KNOWN, Int32Array.of(5, 1, 3, 90, 500, 1), 1000, KNOWN.length, 64);
const lexicon = new Lexicon(vocabulary, kb.terms, kb.getSizeEntities());
const telling = new TellingWords(vocabulary);

const rowsOf = (text: string, most: number): number[] =>
  telling.rows(viewDocument(new Doc(text), lexicon), most);

/** All words by score, as a sort finds them. */
function sorted(words: readonly string[]): number[] {
  const score = (word: string): number =>
    lexicon.get(word).idf * Math.log1p(words.filter((other) => other === word).length);
  const different = [...new Set(words)];
  return different.sort((a, b) => score(b) - score(a)).map((word) => vocabulary.row(word));
}

describe("TellingWords", () => {
  it("are the best of a sort by score, ties by the text, whatever the number", () => {
    const random = makeRandom("telling words");
    const words = [...KNOWN, ...UNKNOWN];
    for (let round = 0; round < 50; round++) {
      const length = Math.floor(random.next() * 30);
      const text = Array.from({ length }, () => words[Math.floor(random.next() * words.length)] as string);
      const expected = sorted(text);
      for (const most of [0, 1, 4, 9, 48]) {
        assert.deepEqual(rowsOf(text.join(" "), most), expected.slice(0, most), `${most} of ${text}`);
      }
    }
  });

  it("keep nothing of the document before", () => {
    const alone = rowsOf("rare seine xyzzy", 9);
    rowsOf("rare rare rare xyzzy xyzzy seine myth", 9);
    assert.deepEqual(rowsOf("rare seine xyzzy", 9), alone);
    assert.deepEqual(rowsOf("", 9), []);
  });
});
