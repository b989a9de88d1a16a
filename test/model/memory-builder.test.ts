import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { viewDocument } from "../../src/model/document-view.js";
import { Lexicon } from "../../src/model/lexicon.js";
import { type BuiltMemory, MemoryBuilder } from "../../src/model/memory-builder.js";
import type { Doc } from "../../src/text/doc.js";
import { marked, tinyKb } from "../fixtures.js";
import { rareWords, withCandidates } from "./feature-rows.js";

const kb = tinyKb();
const vocabulary = rareWords(["seine", "texa", "myth"]);

function built(docs: readonly Doc[]): BuiltMemory {
  const lexicon = new Lexicon(vocabulary, kb.terms, kb.getSizeEntities());
  const builder = new MemoryBuilder(kb);
  docs.forEach((doc, i) => {
    builder.add(viewDocument(doc, lexicon), withCandidates(doc, kb).mentions, i);
  });
  return builder.build();
}

/** Documents of one text, the last ones of another. */
function corpus(count: number, text: string, ...last: readonly string[]): Doc[] {
  const texts = [...Array.from({ length: count - last.length }, () => text), ...last];
  return texts.map((own) => marked(own));
}

/** Training mentions of each pair, as "name -> id": NIL without an id. */
function counts({ columns }: BuiltMemory): Record<string, number> {
  const { names, ids, pairName, pairId, pairCount } = columns;
  return Object.fromEntries(
    Array.from(pairCount, (count, pair) => [
      `${names[pairName[pair] as number]} -> ${ids[pairId[pair] as number] ?? "NIL"}`,
      count,
    ]),
  );
}

const documentsOf = ({ contextDocument }: BuiltMemory): number[] => [...contextDocument];
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("MemoryBuilder: contexts", () => {
  it("are all kept up to 60 of a name, with one answer or several", () => {
    assert.deepEqual(documentsOf(built(corpus(60, "[Paris|Q1]"))), upTo(60));
    assert.deepEqual(documentsOf(built(corpus(60, "[Paris|Q1]", "[Paris|Q2]"))), upTo(60));
  });

  it("beyond 60 are taken evenly over the corpus", () => {
    // Every other one of 120.
    assert.deepEqual(
      documentsOf(built(corpus(120, "[Paris|Q1]"))),
      upTo(60).map((i) => 2 * i),
    );
    assert.equal(documentsOf(built(corpus(61, "[Paris|Q1]"))).length, 60);
  });

  it("beyond 60 of several answers are taken evenly too, of whatever answer", () => {
    // Two of every three of 90: 0, 1, 3, 4, 6, ...; the two last of 90 are 88 and 89, of which 88 is taken.
    const kept = built(corpus(90, "[Paris|Q1]", "[Paris|Q2]", "[Paris|Q2]"));
    assert.deepEqual(
      documentsOf(kept),
      upTo(90).filter((i) => i % 3 !== 2),
    );
    const { contextPair, pairId, ids } = kept.columns;
    assert.equal(ids[pairId[contextPair[59] as number] as number], "Q2");
  });

  it("are limited name by name, spellings of one name together", () => {
    const spelled = corpus(80, "[Paris|Q1] and [Jordan|Q4]", "[PARIS|Q1]", "[paris|Q1]");
    const { columns, contextDocument } = built(spelled);
    assert.deepEqual(columns.names, ["paris", "jordan"]);
    assert.equal(contextDocument.length, 60 + 60);
  });

  it("keep their words, the weights in 255ths of their length", () => {
    const { columns } = built([
      marked("Seine [Paris|Q1]. Texas"),
      marked("[Paris|Q1]"),
      marked("Myth [Paris|Q1]"),
    ]);
    assert.deepEqual([...columns.wordStart], [0, 2, 2, 3]);
    assert.deepEqual([...columns.words], [0, 1, 2]);
    // Seine and Texas weigh the same, 1 / √2.
    assert.deepEqual([...columns.weights], [Math.round(255 / Math.SQRT2), Math.round(255 / Math.SQRT2), 255]);
    assert.equal(columns.neighbours.length, 3 * 4);
  });
});

describe("MemoryBuilder: counts", () => {
  it("are of all mentions, those too whose contexts are not kept", () => {
    assert.deepEqual(counts(built(corpus(100, "[Paris|Q1]", "[PARIS|Q2]", "[Paris|NIL]"))), {
      "paris -> Q1": 98,
      "paris -> Q2": 1,
      "paris -> NIL": 1,
    });
  });

  it("take an unknown id for NIL, and leave out what is not annotated", () => {
    assert.deepEqual(
      counts(built([marked("[Oslo|Q404], [Oslo|NIL], [Oslo], [Paris Hilton|Q3], [Paris|Q3]")])),
      {
        "oslo -> NIL": 2,
        "paris hilton -> Q3": 1,
        "paris -> Q3": 1,
      },
    );
  });

  it("of nothing are empty", () => {
    const { columns, contextDocument } = built([marked("[Paris]"), marked("No name.")]);
    assert.deepEqual([columns.names, columns.ids, contextDocument.length], [[], [], 0]);
    assert.deepEqual([...columns.wordStart], [0]);
  });
});
