import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Config } from "../../../src/linker/config.js";
import { makeRandom } from "../../../src/model/random.js";
import { type Backend, loadBackend } from "../../../src/tensor/backend.js";
import type { Gpu } from "../../../src/tensor/gpu.js";
import { cloneWeights, type Weights } from "../../../src/tensor/weights.js";
import { gpuStepper } from "../../../src/training/gpu/gpu-stepper.js";
import { newModel } from "../../../src/training/members.js";
import { Adam, type StepOptions } from "../../../src/training/optimizer.js";
import { prepare } from "../../../src/training/prepare.js";
import { coreStepper, type Stepper, type TrainingBatch } from "../../../src/training/stepper.js";
import { tinyDocs } from "../../fixtures.js";
import { type TinyModel, tinyModel } from "../../model/tiny-model.js";
import { onGpu } from "../../on-gpu.js";
import { cosineConfig, vectorKb } from "../../vector-kb.js";

let wasm: Backend;
before(async () => {
  wasm = await loadBackend("wasm");
});

/** Small steps, so that both sides stay where their gradients are alike; decay is large, so that it shows. */
const UNCLIPPED: StepOptions = { learningRate: 1e-4, weightDecay: 1, clipNorm: 1e9 };

interface Settings {
  readonly changes?: Partial<Config["model"]>;
  readonly averages?: boolean;
  /** Alters the starting weights. */
  readonly edit?: (weights: Weights) => void;
}

const ALL_PARTS: Settings = { averages: true };

type Twins = readonly [onGpu: Side, onCores: Side];

/** A model in training. */
interface Side extends TinyModel {
  readonly start: Weights;
  readonly adam: Adam;
  readonly stepper: Stepper;
}

async function side(
  { changes = {}, averages = false, edit }: Settings,
  make: (model: TinyModel["model"], adam: Adam) => Stepper | Promise<Stepper>,
): Promise<Side> {
  const tiny = tinyModel(wasm, changes);
  edit?.(tiny.weights);
  const adam = new Adam(tiny.weights, { averages });
  return { ...tiny, adam, start: cloneWeights(tiny.weights), stepper: await make(tiny.model, adam) };
}

/** Held, since Dawn compiles kernels anew, which takes SwiftShader long, once no stepper has them. */
const held: Stepper[] = [];

/** An untrained model on the GPU, and an equal one on the cores. */
async function twins(gpu: Gpu, settings = ALL_PARTS): Promise<Twins> {
  const found = await side(settings, (model, adam) => gpuStepper(gpu, model, adam));
  held.push(found.stepper);
  return [found, await side(settings, coreStepper)];
}

/** A batch of the trainable mentions at some places; the same seed drops out the same. @default all, once */
function batchOf({ data, mentions, gold }: Side, places = [...mentions.keys()], seed = 3): TrainingBatch {
  return {
    table: data.train.table,
    mentions: Int32Array.from(places, (place) => mentions[place] as number),
    gold: Int32Array.from(places, (place) => gold[place] as number),
    dropout: { random: makeRandom(seed), units: 0.25, words: 0.25 },
  };
}

/** Takes a step on both, and brings their numbers home. */
async function stepBoth(
  sides: Twins,
  batch: (of: Side) => TrainingBatch,
  options = UNCLIPPED,
): Promise<void> {
  const [found, expected] = await Promise.all(
    sides.map(({ stepper }, i) => stepper.step(batch(sides[i] as Side), options)),
  );
  for (const { stepper } of sides) await stepper.finish();
  assertNear([found as number], [expected as number], 1e-5, "loss");
}

/** Asserts that a vector differs from the one expected by less than a part of its length. */
function assertNear(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  assert.equal(found.length, expected.length, what);
  const length = Math.hypot(...Array.from(expected));
  const error = Math.hypot(...Array.from(expected, (value, i) => value - (found[i] as number)));
  assert.ok(error <= tolerance * length, `${what}: ${error} of ${length}`);
}

const moved = (weights: Weights, { start }: Side, name: string): number[] =>
  Array.from(weights.get(name)?.values as Float32Array, (value, i) => {
    return value - (start.get(name)?.values[i] as number);
  });

/** Asserts that both learned the same: gradients by their moments, and where weights and averages went. */
function assertAlike([found, expected]: Twins, when: string): void {
  assert.equal(found.adam.steps, expected.adam.steps);
  for (const [name, { values }] of expected.adam.moments)
    assertNear(found.adam.moments.get(name)?.values as Float32Array, values, 1e-4, `${name} ${when}`);
  for (const name of expected.weights.keys()) {
    assertNear(
      moved(found.weights, found, name),
      moved(expected.weights, expected, name),
      1e-2,
      `${name} ${when}`,
    );
    const [averages, other] = [found.adam.averages, expected.adam.averages];
    if (averages && other)
      assertNear(
        moved(averages, found, name),
        moved(other, expected, name),
        1e-2,
        `average of ${name} ${when}`,
      );
  }
}

/** Some words weigh more, or less, than they may. */
function pushSalience(weights: Weights): void {
  const { values } = weights.get("salience") as { readonly values: Float32Array };
  for (let row = 1; row < values.length; row += 5) values[row] = row % 2 === 0 ? 3.5 : -9;
}

const NO_FEATURES = { features: [], relative_features: false };
const SETTINGS: Readonly<Record<string, Settings>> = {
  "with all parts": ALL_PARTS,
  "with NIL beside the bare card": {
    changes: { ...NO_FEATURES, interactions: false, skip: false, label_types: false },
  },
  "without NIL and features, with embeddings wider than a workgroup": {
    changes: { ...NO_FEATURES, nil_logit: false, embedding_width: 80 },
  },
  "of the features alone, at odd widths": {
    changes: {
      nil_logit: false,
      interactions: false,
      skip: false,
      label_types: false,
      embedding_width: 24,
      context_tokens: 5,
      hidden_width: 70,
    },
  },
};

/** How often a mention stands in the largest batch. */
const TIMES = 8;

/** Every batch that a buffer's room depends on: all mentions, each eight times, and the last alone. */
function growAndShrink({ mentions }: Side): number[][] {
  const all = [...mentions.keys()];
  return [all, Array.from({ length: TIMES }, () => all).flat(), all.slice(-1)];
}

describe("a GPU's steps", () => {
  for (const [title, settings] of Object.entries(SETTINGS)) {
    const test = async (gpu: Gpu): Promise<void> => {
      const sides = await twins(gpu, { ...settings, edit: pushSalience });
      for (const [i, places] of growAndShrink(sides[0]).entries()) {
        await stepBoth(sides, (of) => batchOf(of, places, i));
        assertAlike(sides, `after batch ${i + 1}`);
      }
    };
    it(`are the cores' ${title}, in batches that grow and shrink`, onGpu(test));
  }

  it("are tested with words in several chunks, mentions of one candidate, and NIL", () => {
    const of = tinyModel(wasm);
    const { context, rowStart } = of.data.train.table;
    const width = context.length / (rowStart.length - 1);
    const counts = new Map<number, number>();
    for (const mention of of.mentions) {
      for (const row of context.subarray(mention * width, (mention + 1) * width))
        if (row > 0) counts.set(row, (counts.get(row) ?? 0) + TIMES);
    }
    assert.ok(Math.max(...counts.values()) > 2 * 64, `${Math.max(...counts.values())} times`);
    assert.ok(of.gold.includes(-1));
    assert.ok(of.mentions.some((mention) => rowStart[mention + 1] === (rowStart[mention] as number) + 1));
  });

  it(
    "shorten gradients that are too long",
    onGpu(async (gpu) => {
      const sides = await twins(gpu);
      await stepBoth(sides, batchOf, { ...UNCLIPPED, clipNorm: 1e-6 });
      assertAlike(sides, "shortened");
      const moments = [...sides[0].adam.moments].filter(([name]) => name.startsWith("m/"));
      const length = Math.hypot(...moments.flatMap(([, { values }]) => [...values]));
      assert.ok(Math.abs(length - 1e-7) < 1e-10, `a tenth of what is allowed: ${length}`);
    }),
  );

  it(
    "take the first of equal candidates for the best",
    onGpu(async (gpu) => {
      const sides = await twins(gpu, {
        ...ALL_PARTS,
        edit: (weights) => {
          for (const name of ["score", "skip_features", "skip_similarities", "label_types"])
            weights.get(name)?.values.fill(0);
        },
      });
      await stepBoth(sides, batchOf);
      assertAlike(sides, "with scores of 0");
    }),
  );

  it(
    "learn nothing of what is sure",
    onGpu(async (gpu) => {
      const sides = await twins(gpu, {
        ...ALL_PARTS,
        edit: (weights) => weights.get("nil_bias")?.values.fill(-60),
      });
      const { mentions, data, gold } = sides[0];
      const { rowStart } = data.train.table;
      const sure = [...mentions.keys()].filter((place) => {
        const mention = mentions[place] as number;
        return rowStart[mention + 1] === (rowStart[mention] as number) + 1 && gold[place] === 0;
      });
      assert.ok(sure.length > 0);
      for (const { stepper } of sides) await stepper.step(batchOf(sides[0], sure), UNCLIPPED);
      await sides[0].stepper.finish();
      for (const { adam } of sides)
        for (const { values } of adam.moments.values()) assert.ok(values.every((value) => value === 0));
    }),
  );

  it(
    "go on in another stepper, with the same Adam",
    onGpu(async (gpu) => {
      const [found, expected] = await twins(gpu);
      const options = { learningRate: 0.01, weightDecay: 1e-3, clipNorm: 1 };
      const steps = async (
        { stepper }: Pick<Side, "stepper">,
        seeds: readonly number[],
      ): Promise<number[]> => {
        const losses: number[] = [];
        for (const seed of seeds) losses.push(await stepper.step(batchOf(found, undefined, seed), options));
        await stepper.finish();
        return losses;
      };
      const losses = await steps(found, [1, 2, 3]);
      assert.equal(found.adam.steps, 3);
      const next = await gpuStepper(gpu, found.model, found.adam);
      assert.equal(next.steps, 3);
      losses.push(...(await steps({ stepper: next }, [4, 5, 6])));
      assertNear(losses, await steps(expected, [1, 2, 3, 4, 5, 6]), 1e-4, "losses");
      assert.equal(found.adam.steps, 6);
      assert.ok((losses[5] as number) < 0.9 * (losses[0] as number), "they have learned something");
    }),
  );

  it(
    "make no more buffers once there are enough",
    onGpu(async (gpu) => {
      const [{ stepper, ...rest }] = await twins(gpu);
      const stepTwice = async (): Promise<void> => {
        const step = () => stepper.step(batchOf({ stepper, ...rest }), UNCLIPPED);
        await Promise.all([step(), step()]); // as one is prepared while the other is taken
        await stepper.finish();
      };
      await stepTwice();
      const made = await buffersMadeBy(gpu.device, async () => {
        for (let i = 0; i < 10; i++) await stepTwice();
      });
      assert.equal(made, 0);
      assert.ok((await buffersMadeBy(gpu.device, () => twins(gpu))) > 0, "they are counted");
    }),
  );

  it(
    "are refused for another architecture than the classifier",
    onGpu(async (gpu) => {
      const data = prepare(cosineConfig(), { kb: vectorKb(), ...tinyDocs() });
      const model = newModel(1, data, wasm);
      await assert.rejects(gpuStepper(gpu, model, new Adam(model.weights)), {
        code: "L307",
        message: /cosine/,
      });
    }),
  );

  // Last, as it takes the device away.
  it(
    "fail once the device is lost, those under way too",
    onGpu(async (gpu) => {
      const [of] = await twins(gpu);
      const lost = { code: "L308" };
      const step = async (): Promise<number> => of.stepper.step(batchOf(of), UNCLIPPED);
      const underWay = step();
      gpu.device.destroy();
      await assert.rejects(underWay, lost);
      await assert.rejects(step(), lost);
      await assert.rejects(of.stepper.finish(), lost);
      await assert.rejects(gpuStepper(gpu, of.model, of.adam), lost);
    }),
  );
});

/** How often something asks a device for a buffer. */
async function buffersMadeBy(device: GPUDevice, work: () => Promise<unknown>): Promise<number> {
  const { createBuffer } = device;
  let made = 0;
  device.createBuffer = (descriptor) => {
    made++;
    return createBuffer.call(device, descriptor);
  };
  await work();
  device.createBuffer = createBuffer;
  return made;
}
