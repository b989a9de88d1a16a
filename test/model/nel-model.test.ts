import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { classifierShapes } from "../../src/model/classifier-shapes.js";
import type { Gradients } from "../../src/model/gradients.js";
import { MODEL_DEFAULTS } from "../../src/model/options.js";
import { makeRandom } from "../../src/model/random.js";
import type { Dropout } from "../../src/model/trainable-model.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import { isInstalled } from "../../src/tensor/native-backend.js";
import { inPass, zeros } from "../../src/tensor/pass-memory.js";
import { memoryOf } from "../../src/tensor/vectors/vector-memory.js";
import { assertClose } from "../fixtures.js";
import { type TinyModel, tinyModel } from "./tiny-model.js";

/** The 209-d concatenation and nothing beside it. */
const BARE = { features: [], relative_features: false, interactions: false, skip: false, label_types: false };

let wasm: Backend;
before(async () => {
  wasm = await loadBackend("wasm");
});

function lossOf({ model, data, mentions, gold }: TinyModel, dropout?: () => Dropout) {
  return model.lossAndGradients(data.train.table, mentions, gold, dropout?.());
}

const gradientOf = ({ sparse, dense }: Gradients, name: string): Float32Array =>
  sparse.get(name)?.values ?? (dense.get(name) as Float32Array);

describe("NelModel", () => {
  it("takes no memory beside that of another model of the same weights, as one for each knowledge base is", () => {
    const { model, data, weights, mentions, gold, withVectors } = tinyModel(wasm);
    const { table } = data.train;
    const end = () => memoryOf(weights).floats(0).byteOffset;
    model.lossAndGradients(table, mentions, gold);
    const before = end();
    const { loss } = model.lossAndGradients(table, mentions, gold);
    for (let i = 0; i < 3; i++) {
      const other = withVectors();
      assert.equal(other.lossAndGradients(table, mentions, gold).loss, loss);
      withVectors(model.encodeEntities()).score(table, mentions);
    }
    assert.equal(end(), before);
  });
});

describe("NelModel.lossAndGradients", () => {
  const everyKind = [
    "embeddings",
    "salience",
    "position",
    "sentence",
    "context_kernel",
    "context_bias",
    "description_kernel",
    "description_bias",
    "hidden_context",
    "hidden_row",
    "hidden_bias",
    "score",
    "nil_hidden",
    "nil_hidden_bias",
    "nil_score",
    "nil_bias",
  ];
  const besideTheCard = ["interaction", "skip_features", "skip_similarities", "label_types"];
  const settings = [
    { title: "with all parts", changes: {}, names: [...everyKind, ...besideTheCard] },
    { title: "of the bare card", changes: BARE, names: everyKind },
    {
      title: "without a NIL logit",
      changes: { nil_logit: false },
      names: [...everyKind.filter((name) => !name.startsWith("nil_")), ...besideTheCard],
    },
  ];
  for (const { title, changes, names } of settings) {
    it(`gives the finite differences of every weight ${title}, with dropout too`, () => {
      const tiny = tinyModel(wasm, changes);
      assert.deepEqual([...tiny.weights.keys()].sort(), [...names].sort());
      const dropout = (): Dropout => ({ random: makeRandom(3), units: 0.25, words: 0.25 });
      const random = makeRandom("directions");
      for (const withDropout of [undefined, dropout]) {
        const { gradients } = lossOf(tiny, withDropout);
        const copies = new Map(names.map((name) => [name, gradientOf(gradients, name).slice()]));
        for (const [name, { values }] of tiny.weights) {
          const gradient = copies.get(name) as Float32Array;
          const start = values.slice();
          const direction = values.map(() => random.normal());
          const at = (step: number): number => {
            values.set(start.map((value, i) => value + step * (direction[i] as number)));
            return lossOf(tiny, withDropout).loss;
          };
          const expected = (at(1e-3) - at(-1e-3)) / 2e-3;
          values.set(start);
          const found = gradient.reduce((sum, g, i) => sum + g * (direction[i] as number), 0);
          assert.ok(
            gradient.some((g) => Math.abs(g) > 1e-4),
            `${name} matters`,
          );
          const length = Math.hypot(...gradient);
          assert.ok(
            Math.abs(found - expected) <= 2e-3 + 0.02 * length,
            `${name}: found ${found}, expected ${expected}, gradient's length ${length}`,
          );
        }
      }
    });
  }

  it("is the mean over the batch: half batches add up to the whole", () => {
    const { model, data, mentions, gold } = tinyModel(wasm);
    const middle = mentions.length >> 1;
    const loss = (from: number, to: number): number =>
      model.lossAndGradients(data.train.table, mentions.subarray(from, to), gold.subarray(from, to)).loss;
    const sum = middle * loss(0, middle) + (mentions.length - middle) * loss(middle, mentions.length);
    assertClose([sum / mentions.length], [loss(0, mentions.length)], 1e-5);
  });

  it("is minus the log of the gold's softmax", () => {
    const { model, data, mentions, gold } = tinyModel(wasm);
    const { logits, starts } = model.score(data.train.table, mentions);
    const losses = Array.from(gold, (place, b) => {
      const row = logits.subarray(starts[b], starts[b + 1]);
      const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
      return Math.log(sum) - (row.at(place) as number);
    });
    const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
    assertClose([lossOf({ model, data, mentions, gold } as TinyModel).loss], [mean], 1e-5);
  });

  it("gives the next step nothing of the last one", () => {
    const { model, data, mentions, gold } = tinyModel(wasm);
    const run = (places: Int32Array): Gradients =>
      model.lossAndGradients(data.train.table, mentions, places).gradients;
    const first = gradientOf(run(gold), "embeddings").slice();
    run(gold.map(() => 0));
    assert.deepEqual(gradientOf(run(gold), "embeddings"), first);
  });

  it("agrees with tfjs-node on the loss of a first step", {
    skip: !isInstalled("tfjs-node") && "@tensorflow/tfjs-node is not installed",
  }, async () => {
    const dropout = (): Dropout => ({ random: makeRandom(3), units: 0.25, words: 0.25 });
    const onWasm = lossOf(tinyModel(await loadBackend("wasm")), dropout);
    const wasmKernel = gradientOf(onWasm.gradients, "hidden_row").slice();
    const onNode = lossOf(tinyModel(await loadBackend("tfjs-node")), dropout);
    assertClose([onNode.loss], [onWasm.loss], 1e-4);
    assertClose(gradientOf(onNode.gradients, "hidden_row"), wasmKernel, 1e-4);
    await loadBackend("wasm");
  });
});

describe("NelModel.score", () => {
  it("gives a mention among others of more or fewer candidates the scores that it has alone", () => {
    const { model, data, mentions } = tinyModel(wasm);
    const { table } = data.train;
    const { logits, starts, rows, contextCosine } = model.score(table, mentions);
    const counts = new Set<number>();
    let row = 0;
    mentions.forEach((mention, b) => {
      const alone = model.score(table, Int32Array.of(mention));
      const count = alone.rows.length;
      counts.add(count);
      assert.deepEqual(logits.subarray(starts[b], starts[b + 1]), alone.logits, `mention ${mention}`);
      assert.deepEqual(rows.subarray(row, row + count), alone.rows);
      assertClose(contextCosine.subarray(row, row + count), alone.contextCosine, 1e-6);
      row += count;
    });
    assert.ok(counts.size >= 3, `candidate counts are mixed: ${[...counts]}`);
  });

  it("is the same with stored entity vectors as with descriptions encoded on the way", () => {
    const { model, withVectors, data, mentions, kb } = tinyModel(wasm);
    const { table } = data.train;
    const encoded = model.score(table, mentions).logits;
    const vectors = model.encodeEntities();
    assert.equal(vectors.length, kb.getSizeEntities() * data.model.entityVectorLength);
    assertClose(withVectors(vectors).score(table, mentions).logits, encoded, 5e-3); // they are rounded to bytes
    const other = withVectors(vectors.map((value) => -value)).score(table, mentions).logits;
    assert.ok(
      other.some((logit, i) => Math.abs(logit - (encoded[i] as number)) > 0.01),
      "the vectors are read",
    );
  });

  it("gives scores that stay, whatever the next pass writes", () => {
    const { model, data, mentions } = tinyModel(wasm);
    model.score(data.train.table, mentions); // from the second pass on memory is used again
    const { logits, contextCosine, rows, starts } = model.score(data.train.table, mentions);
    const kept = [logits, contextCosine, rows, starts].map((values) => values.slice());
    inPass(() => zeros(100_000).fill(9));
    assert.deepEqual([logits, contextCosine, rows, starts], kept);
  });

  it("without a NIL logit gives NIL no chance", () => {
    const { model, data, mentions } = tinyModel(wasm, { nil_logit: false });
    const { logits, starts } = model.score(data.train.table, mentions);
    for (const b of mentions.keys()) assert.ok((logits[(starts[b + 1] as number) - 1] as number) < -1000);
  });
});

describe("NelModel", () => {
  it("leaves no tensor behind, training, scoring or encoding", () => {
    const tiny = tinyModel(wasm);
    const dropout = (): Dropout => ({ random: makeRandom(3), units: 0.25, words: 0.25 });
    const everything = (): void => {
      lossOf(tiny, dropout);
      tiny.model.score(tiny.data.train.table, tiny.mentions);
      tiny.model.encodeEntities();
    };
    everything();
    const { numTensors, numBytes } = wasm.tf.memory();
    for (let i = 0; i < 3; i++) everything();
    assert.equal(wasm.tf.memory().numTensors, numTensors);
    assert.equal(wasm.tf.memory().numBytes, numBytes);
  });

  it("concatenates 209 numbers by default: context 128, type 16, description 64, prior 1", () => {
    const bare = { ...MODEL_DEFAULTS, features: [], interactions: false, skip: false, labelTypes: false };
    const { hidden_context, hidden_row } = classifierShapes(bare);
    assert.deepEqual(hidden_context?.shape, [128, 128]);
    assert.deepEqual(hidden_row?.shape, [16 + 64 + 1, 128]);
  });
});
