import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { type QuantizedRows, restoreRows } from "../../src/kb/quantized-rows.js";
import { bindModel, type LearnedModel } from "../../src/linker/bound-model.js";
import { linkerOptions } from "../../src/linker/config.js";
import { Ensemble } from "../../src/model/ensemble.js";
import type { MentionTable } from "../../src/model/mention-table.js";
import { makeRandom } from "../../src/model/random.js";
import type { ModelScores, TrainableModel } from "../../src/model/trainable-model.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import { cloneWeights, type Weights } from "../../src/tensor/weights.js";
import { trainableMentions } from "../../src/training/loop.js";
import { assertClose, tinyConfig, tinyKb } from "../fixtures.js";
import { type TinyModel, tinyModel } from "./tiny-model.js";

const NO_TABLE = {} as MentionTable;
const NO_MENTIONS = new Int32Array(0);

interface Saying {
  /** Rows of logits. */
  readonly logits: readonly (readonly number[])[];
  readonly cosines: readonly number[];
}

/** Where each row begins when they stand one behind the other, and the end of the last. */
function startsOf(rows: Saying["logits"]): Int32Array {
  const ends = rows.map((_, b) => rows.slice(0, b + 1).flat().length);
  return Int32Array.of(0, ...ends);
}

/** A model that says the same of everything. */
function memberThatSays({ logits, cosines }: Saying): TrainableModel {
  const score = (): ModelScores => ({
    logits: Float32Array.from(logits.flat()),
    areLogits: true,
    starts: startsOf(logits),
    rows: Int32Array.from(cosines.keys()),
    contextCosine: Float32Array.from(cosines),
  });
  return { score } as unknown as TrainableModel;
}

/** A model whose entities have these vectors. */
function memberWithVectors(...vectors: readonly (readonly number[])[]): TrainableModel {
  const options = { entityVectorLength: vectors[0]?.length };
  return { options, encodeEntities: () => Float32Array.from(vectors.flat()) } as unknown as TrainableModel;
}

const scoreOf = (...members: TrainableModel[]): ModelScores =>
  new Ensemble(members).score(NO_TABLE, NO_MENTIONS);

describe("Ensemble.score", () => {
  // Probabilities 1/4, 3/4 and 1/2, 1/2 in the first row, 1/2, 1/2 and 1/5, 4/5 in the second.
  const first: Saying = {
    logits: [
      [0, Math.log(3)],
      [7, 7],
    ],
    cosines: [0.5, -1],
  };
  const second: Saying = {
    logits: [
      [-2, -2],
      [1, 1 + Math.log(4)],
    ],
    cosines: [0.25, 0],
  };

  it("averages log-probabilities, row by row, and cosines", () => {
    const { logits, contextCosine, starts, rows } = scoreOf(memberThatSays(first), memberThatSays(second));
    const expected = [(1 / 4) * (1 / 2), (3 / 4) * (1 / 2), (1 / 2) * (1 / 5), (1 / 2) * (4 / 5)];
    assertClose(
      logits,
      expected.map((product) => Math.log(product) / 2),
      1e-6,
    );
    assertClose(contextCosine, [(0.5 + 0.25) / 2, (-1 + 0) / 2], 1e-6);
    assert.deepEqual(
      [[...starts], [...rows]],
      [
        [0, 2, 4],
        [0, 1],
      ],
    );
  });

  it("weighs three members alike, in whatever order", () => {
    const third: Saying = {
      logits: [
        [Math.log(9), 0],
        [0, 0],
      ],
      cosines: [1, 1],
    };
    const members = [first, second, third].map(memberThatSays);
    const { logits } = scoreOf(...members);
    assertClose(logits.subarray(0, 1), [Math.log((1 / 4) * (1 / 2) * (9 / 10)) / 3], 1e-6);
    assertClose(scoreOf(...members.reverse()).logits, logits, 1e-6);
  });

  it("takes no notice of what a member adds to all logits of a row", () => {
    const shifted = { ...first, logits: first.logits.map((row) => row.map((logit) => logit + 50)) };
    const expected = scoreOf(memberThatSays(first), memberThatSays(second)).logits;
    assertClose(scoreOf(memberThatSays(shifted), memberThatSays(second)).logits, expected, 1e-5);
  });

  it("takes the softmax of rows of any length by themselves", () => {
    const saying: Saying = { logits: [[2], [0, Math.log(3)], [1, 1, 1, 1]], cosines: [] };
    const { logits } = scoreOf(memberThatSays(saying), memberThatSays(saying));
    const expected = [1, 1 / 4, 3 / 4, 1 / 4, 1 / 4, 1 / 4, 1 / 4];
    assertClose(logits, expected.map(Math.log), 1e-6);
  });

  it("stays finite where NIL is impossible", () => {
    const padded: Saying = { logits: [[3, -1e4, 1]], cosines: [] };
    const { logits } = scoreOf(memberThatSays(padded), memberThatSays(padded));
    const sum = Math.exp(3) + Math.exp(1);
    assertClose(logits, [3 - Math.log(sum), -1e4 - Math.log(sum), 1 - Math.log(sum)], 1e-5);
  });

  it("leaves a single member's scores as they are", () => {
    const { logits, contextCosine } = scoreOf(memberThatSays(first));
    assert.deepEqual([...logits], [...Float32Array.from(first.logits.flat())]);
    assert.deepEqual([...contextCosine], first.cosines);
  });

  it("needs a member", () => {
    assert.throws(() => scoreOf(), RangeError);
  });
});

describe("Ensemble.encodeEntities", () => {
  it("puts the members' vectors of an entity side by side", () => {
    const ensemble = new Ensemble([
      memberWithVectors([1, 2], [3, 4], [5, 6]),
      memberWithVectors([-1, -2], [-3, -4], [-5, -6]),
    ]);
    assert.deepEqual([...ensemble.encodeEntities()], [1, 2, -1, -2, 3, 4, -3, -4, 5, 6, -5, -6]);
  });

  it("of a single member are its own", () => {
    assert.deepEqual([...new Ensemble([memberWithVectors([1, 2], [3, 4])]).encodeEntities()], [1, 2, 3, 4]);
  });
});

describe("an ensemble that is bound to a knowledge base", () => {
  let backend: Backend;
  let tiny: TinyModel;
  let other: TinyModel;
  before(async () => {
    backend = await loadBackend("wasm");
    tiny = tinyModel(backend);
    other = tinyModel(backend);
    const random = makeRandom("other member");
    for (const { values } of other.weights.values()) {
      values.set(values.map((value) => value + 0.3 * random.normal()));
    }
  });

  function learned(members: readonly Weights[]): LearnedModel {
    const { model: options, vocabulary, scaling, labels, types } = tiny.data;
    return { options, vocabulary, members: members.map(cloneWeights), scaling, labels, types };
  }

  const dev = (): [MentionTable, Int32Array] => [
    tiny.data.dev.table,
    trainableMentions(tiny.data.dev, tiny.data.model),
  ];

  it("scores with the stored vectors of two members what it scores with encoded descriptions", () => {
    const kb = tinyKb();
    const options = linkerOptions(tinyConfig());
    const { model } = bindModel(learned([tiny.weights, other.weights]), kb, options, backend);
    assert.equal(kb.entityVectorLength, 6 + 6);
    const expected = new Ensemble([tiny.model, other.model]);
    const rows = kb.quantizedVectors as QuantizedRows;
    assertClose(restoreRows(rows), expected.encodeEntities(), 0.01, "vectors");
    const { logits, contextCosine } = expected.score(...dev());
    const found = model.score(...dev());
    assertClose(found.logits, logits, 5e-3, "logits"); // the vectors are rounded to a byte a number
    assertClose(found.contextCosine, contextCosine, 1e-5, "cosines");

    for (let i = 0; i < rows.codes.length; i++) if (i % 12 >= 6) rows.codes[i] = -(rows.codes[i] as number);
    const altered = model.score(...dev()).logits;
    assert.ok(
      altered.some((logit, i) => Math.abs(logit - (logits[i] as number)) > 0.01),
      "the second member reads its own half",
    );
  });

  it("encodes its own vectors where the knowledge base has another model's of equal length", () => {
    const kb = tinyKb();
    const options = linkerOptions(tinyConfig());
    const { model } = bindModel(learned([tiny.weights]), kb, options, backend);
    const expected = model.score(...dev()).logits;
    const alone = bindModel(learned([other.weights]), tinyKb(), options, backend).model;
    const after = bindModel(learned([other.weights]), kb, options, backend).model;
    assertClose(
      after.score(...dev()).logits,
      alone.score(...dev()).logits,
      1e-6,
      "as on a knowledge base of its own",
    );
    assertClose(
      bindModel(learned([tiny.weights]), kb, options, backend).model.score(...dev()).logits,
      expected,
      1e-6,
    );
    assertClose(model.score(...dev()).logits, expected, 1e-6, "and the first is not disturbed");
  });

  it("leaves no tensor behind", () => {
    const ensemble = new Ensemble([tiny.model, other.model]);
    const everything = (): void => {
      ensemble.score(...dev());
      ensemble.encodeEntities();
    };
    everything();
    const { numTensors } = backend.tf.memory();
    everything();
    assert.equal(backend.tf.memory().numTensors, numTensors);
  });
});
