import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { InMemoryLookupKB } from "../../../src/kb/in-memory-lookup-kb.js";
import { DescriptionRows } from "../../../src/model/description-rows.js";
import { makeGradients } from "../../../src/model/gradients.js";
import type { MentionTable } from "../../../src/model/mention-table.js";
import { type MiniBatch, makeMiniBatch } from "../../../src/model/mini-batch.js";
import type { ModelOptions } from "../../../src/model/options.js";
import type { Pooled } from "../../../src/model/pooling/pooled.js";
import { poolingShapes, TokenPooling } from "../../../src/model/pooling/token-pooling.js";
import { SPARSE_WEIGHTS } from "../../../src/model/pooling/words.js";
import { makeRandom } from "../../../src/model/random.js";
import { sizeOf, type Weights } from "../../../src/tensor/weights.js";
import { prepare } from "../../../src/training/prepare.js";
import { assertClose, tinyConfig, tinyDocs, tinyKb } from "../../fixtures.js";

interface Setting {
  readonly kb: InMemoryLookupKB;
  readonly options: ModelOptions;
  readonly weights: Weights;
  readonly pooling: TokenPooling;
  readonly descriptions: DescriptionRows;
  readonly batch: MiniBatch;
}

/** All training mentions of the fixtures in one batch, and random weights. */
function setUp(): Setting {
  const kb = tinyKb();
  const { model: options, featurizer, train } = prepare(tinyConfig(), { kb, ...tinyDocs() });
  const random = makeRandom("pooling");
  const weights: Weights = new Map();
  for (const [name, shape] of Object.entries(poolingShapes(options, featurizer.lexicon.vocabulary.rows))) {
    weights.set(name, {
      shape,
      values: Float32Array.from({ length: sizeOf(shape) }, () => 0.5 * random.normal()),
    });
  }
  const descriptions = new DescriptionRows(
    featurizer.lexicon,
    kb.getSizeEntities(),
    options.descriptionTokens,
  );
  const pooling = new TokenPooling(weights, options, descriptions);
  const mentions = Int32Array.from({ length: train.table.size }, (_, i) => i);
  return { kb, options, weights, pooling, descriptions, batch: makeMiniBatch(train.table, mentions) };
}

const valuesOf = (weights: Weights, name: string): Float32Array => weights.get(name)?.values as Float32Array;

/** The weighted mean of embeddings, straight from its definition. */
function mean(weights: Weights, width: number, tokens: readonly { row: number; weight: number }[]): number[] {
  const total = tokens.reduce((sum, { weight }) => sum + weight, 0);
  const embeddings = valuesOf(weights, "embeddings");
  return Array.from({ length: width }, (_, j) =>
    tokens.reduce(
      (sum, { row, weight }) => sum + (weight / total) * (embeddings[row * width + j] as number),
      0,
    ),
  );
}

/** The tokens of a mention's context with exp(salience + position + sentence), times the decay of nearness. */
function contextOf(
  { weights, options }: Setting,
  table: MentionTable,
  mention: number,
  near: boolean,
  side?: 0 | 1,
) {
  const { contextTokens } = options;
  return Array.from({ length: 2 * contextTokens }, (_, column) => {
    const at = mention * 2 * contextTokens + column;
    const row = table.context[at] as number;
    const log =
      (valuesOf(weights, "salience")[row] as number) +
      (valuesOf(weights, "position")[column] as number) +
      (valuesOf(weights, "sentence")[table.sentenceDistance[at] as number] as number);
    const decay = near ? Math.exp(-0.3 * (column % contextTokens)) : 1;
    return { row, side: column < contextTokens ? 0 : 1, weight: Math.exp(log) * decay };
  }).filter((token) => token.row > 0 && (side === undefined || token.side === side));
}

describe("TokenPooling.forward", () => {
  const setting = setUp();
  const { options, weights, pooling, batch, descriptions } = setting;
  const width = options.embeddingWidth;
  const pooled = pooling.forward(batch);

  it("gives the weighted means of all, left, right and near words", () => {
    for (const b of batch.mentions.keys()) {
      const expected = (near: boolean, side?: 0 | 1): number[] =>
        mean(weights, width, contextOf(setting, batch.table, b, near, side));
      const found = (part: number): Float32Array =>
        pooled.context.subarray((4 * b + part) * width, (4 * b + part + 1) * width);
      assertClose(found(0), expected(false), 1e-5, `all words of mention ${b}`);
      assertClose(found(1), expected(true, 0), 1e-5, `left of mention ${b}`);
      assertClose(found(2), expected(true, 1), 1e-5, `right of mention ${b}`);
      assertClose(
        pooled.near.subarray(b * width, (b + 1) * width),
        expected(true),
        1e-5,
        `near mention ${b}`,
      );
    }
  });

  it("gives the means of the document's and the descriptions' words, weighed by salience alone", () => {
    const salient = (rows: Int32Array): { row: number; weight: number }[] =>
      [...rows]
        .filter((row) => row > 0)
        .map((row) => ({ row, weight: Math.exp(valuesOf(weights, "salience")[row] as number) }));
    const { documents, documentRows } = batch.table;
    for (const b of batch.mentions.keys()) {
      const from = (documents[b] as number) * options.documentTokens;
      const rows = documentRows.subarray(from, from + options.documentTokens);
      const found = pooled.context.subarray((4 * b + 3) * width, (4 * b + 4) * width);
      assertClose(found, mean(weights, width, salient(rows)), 1e-5, `document of mention ${b}`);
    }
    batch.entities.forEach((entity, u) => {
      const found = pooled.descriptions.subarray(u * width, (u + 1) * width);
      assertClose(found, mean(weights, width, salient(descriptions.of(entity))), 1e-5, `entity ${entity}`);
    });
  });

  it("gives zeros where there are no words", () => {
    const { table } = batch;
    const empty = {
      ...table,
      context: table.context.slice().fill(0),
      documentRows: table.documentRows.slice().fill(0),
    };
    const { context, near } = pooling.forward(makeMiniBatch(empty, batch.mentions));
    assert.ok(context.every((value) => value === 0) && near.every((value) => value === 0));
  });

  it("with dropout leaves words out, the same ones for the same seed", () => {
    const dropped = (seed: number): Pooled =>
      pooling.forward(batch, { random: makeRandom(seed), words: 0.5 });
    assert.deepEqual(dropped(1), dropped(1));
    assert.notDeepEqual(dropped(1).context, dropped(2).context);
    assert.notDeepEqual(dropped(1).descriptions, pooling.forward(batch).descriptions);
    assert.deepEqual(pooling.forward(batch, { random: makeRandom(1), words: 0 }), pooling.forward(batch));
  });
});

describe("TokenPooling.backward", () => {
  for (const words of [0, 0.4]) {
    it(`gives the finite differences of every weight at dropout ${words}`, () => {
      const { weights, pooling, batch } = setUp();
      // Beyond the bounds of log weights nothing moves.
      const salience = valuesOf(weights, "salience");
      salience[2] = 3.5;
      salience[3] = -8.5;
      const run = (): Pooled =>
        pooling.forward(batch, words > 0 ? { random: makeRandom(5), words } : undefined);
      const random = makeRandom("upstream");
      const first = run();
      const noise = (values: Float32Array): Float32Array => values.map(() => random.normal());
      const upstream = {
        context: noise(first.context),
        near: noise(first.near),
        descriptions: noise(first.descriptions),
      };
      const dot = (a: Float32Array, b: Float32Array): number =>
        a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
      const loss = (): number => {
        const { context, near, descriptions } = run();
        return (
          dot(context, upstream.context) + dot(near, upstream.near) + dot(descriptions, upstream.descriptions)
        );
      };
      const gradients = makeGradients(weights, SPARSE_WEIGHTS);
      pooling.backward(batch, run(), upstream, gradients);
      for (const [name, { values }] of weights) {
        const found = gradients.sparse.get(name)?.values ?? (gradients.dense.get(name) as Float32Array);
        const expected = values.map((value, i) => {
          const at = (moved: number): number => {
            values[i] = moved;
            return loss();
          };
          const difference = at(value + 1e-2) - at(value - 1e-2);
          values[i] = value;
          return difference / 2e-2;
        });
        assert.ok(
          expected.some((g) => Math.abs(g) > 0.1),
          `${name} matters`,
        );
        assertClose(found, expected, 2e-3, name);
      }
      const bounded = gradients.sparse.get("salience")?.values as Float32Array;
      assert.deepEqual([bounded[2], bounded[3]], [0, 0]);
      assert.equal(gradients.sparse.get("embeddings")?.touched.includes(0), false, "padding is no word");
    });
  }
});
