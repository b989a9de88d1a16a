import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DescriptionRows } from "../../../src/model/description-rows.js";
import { type MiniBatch, makeMiniBatch } from "../../../src/model/mini-batch.js";
import { type BatchWords, wordRoom, writeBatchWords } from "../../../src/model/pooling/batch-words.js";
import { poolingShapes, TokenPooling } from "../../../src/model/pooling/token-pooling.js";
import type { PoolingDropout } from "../../../src/model/pooling/words.js";
import { makeRandom } from "../../../src/model/random.js";
import { sizeOf, type Weights } from "../../../src/tensor/weights.js";
import { prepare } from "../../../src/training/prepare.js";
import { marked, tinyConfig, tinyDocs, tinyKb } from "../../fixtures.js";

const kb = tinyKb();
kb.addEntity("Q9", { name: "Jordan", freq: 1 }); // a description of one word
kb.addAlias("Bergen", ["Q9"], [1]);
const { train, dev } = tinyDocs();
const docs = { train: [...train, marked("[Bergen|Q9]")], dev }; // no words around it
const { model: options, featurizer, train: prepared } = prepare(tinyConfig(), { kb, ...docs });
const rows = new DescriptionRows(featurizer.lexicon, kb.getSizeEntities(), options.descriptionTokens);

/** All mentions, the first two again, which are of one document. */
const mentions = Int32Array.from([...Array(prepared.table.size).keys(), 0, 1]);
const batch = makeMiniBatch(prepared.table, mentions);

function randomWeights(): Weights {
  const random = makeRandom("batch words");
  const shapes = Object.entries(poolingShapes(options, featurizer.lexicon.vocabulary.rows));
  return new Map(
    shapes.map(([name, shape]) => [
      name,
      { shape, values: Float32Array.from({ length: sizeOf(shape) }, () => 0.5 * random.normal()) },
    ]),
  );
}

const weights = randomWeights();

/** What {@link writeBatchWords} writes, into memory that has other numbers. */
function written(dropout?: PoolingDropout): BatchWords {
  const room = wordRoom(batch, options);
  const words = {
    contexts: new Int32Array(room.contexts).fill(-1),
    documents: new Int32Array(room.documents).fill(-1),
    descriptions: new Int32Array(room.descriptions).fill(-1),
  };
  writeBatchWords(batch, options, rows, dropout, words);
  return words;
}

/** What pooling without dropout gives of words that are left. */
function pooledOf({ contexts, documents, descriptions }: BatchWords) {
  const { descriptionTokens, contextTokens } = options;
  const distances = Int8Array.from(contexts, (_, i) => {
    const mention = mentions[Math.floor(i / (2 * contextTokens))] as number;
    return prepared.table.sentenceDistance[mention * 2 * contextTokens + (i % (2 * contextTokens))] as number;
  });
  // Mentions and documents have the places that they have in the batch.
  const table = {
    ...prepared.table,
    context: contexts,
    sentenceDistance: distances as never,
    documents: Int32Array.from(mentions.keys()),
    documentRows: documents,
  };
  const left = {
    of: (entity: number) => {
      const u = batch.entities.indexOf(entity);
      return descriptions.subarray(u * descriptionTokens, (u + 1) * descriptionTokens);
    },
  };
  const own: MiniBatch = { ...batch, table, mentions: Int32Array.from(mentions.keys()) };
  return new TokenPooling(weights, options, left as DescriptionRows).forward(own);
}

const zerosOf = (numbers: Int32Array): number => numbers.filter((row) => row === 0).length;

describe("writeBatchWords", () => {
  for (const words of [0, 0.4, 0.98]) {
    it(`keeps what pooling keeps, and draws what it draws, at dropout ${words}`, () => {
      const [own, other] = [makeRandom(7), makeRandom(7)];
      const found = pooledOf(written({ random: own, words }));
      const expected = new TokenPooling(weights, options, rows).forward(batch, { random: other, words });
      assert.deepEqual(found, expected);
      assert.equal(own.next(), other.next(), "what is drawn next");
    });
  }

  it("keeps all words without dropout", () => {
    assert.deepEqual(written(), written({ random: makeRandom(1), words: 0 }));
    assert.deepEqual(pooledOf(written()), new TokenPooling(weights, options, rows).forward(batch));
  });

  it("leaves out about the share asked for, of descriptions half", () => {
    const [all, some] = [written(), written({ random: makeRandom(3), words: 0.5 })];
    for (const [kind, share] of [
      ["contexts", 0.5],
      ["documents", 0.5],
      ["descriptions", 0.25],
    ] as const) {
      const there = all[kind].length - zerosOf(all[kind]);
      const out = (zerosOf(some[kind]) - zerosOf(all[kind])) / there;
      assert.ok(Math.abs(out - share) < 0.15, `${kind}: ${out} of ${there}`);
      some[kind].forEach((row, i) => {
        assert.ok(row === 0 || row === all[kind][i], `${kind}, place ${i}`);
      });
    }
  });

  it("fills up with zeros where there are few words", () => {
    const { contexts, descriptions } = written();
    const u = batch.entities.indexOf(kb.getSizeEntities() - 1);
    const { descriptionTokens, contextTokens } = options;
    const few = descriptions.subarray(u * descriptionTokens, (u + 1) * descriptionTokens);
    assert.equal(zerosOf(few), descriptionTokens - 1);
    assert.notEqual(few[0], 0);
    const lonely = 2 * contextTokens * (mentions.length - 3);
    assert.equal(zerosOf(contexts.subarray(lonely, lonely + 2 * contextTokens)), 2 * contextTokens);
  });
});
