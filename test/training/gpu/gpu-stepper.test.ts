import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadBackend } from "../../../src/tensor/backend.js";
import type { Gpu } from "../../../src/tensor/gpu.js";
import type { Weights } from "../../../src/tensor/weights.js";
import { gpuStepper } from "../../../src/training/gpu/gpu-stepper.js";
import { newModel } from "../../../src/training/members.js";
import { Adam } from "../../../src/training/optimizer.js";
import { prepare } from "../../../src/training/prepare.js";
import type { Stepper } from "../../../src/training/stepper.js";
import { tinyDocs } from "../../fixtures.js";
import { tinyModel } from "../../model/tiny-model.js";
import { onGpu } from "../../on-gpu.js";
import { cosineConfig, vectorKb } from "../../vector-kb.js";
import {
  ALL_PARTS,
  assertAlike,
  assertNear,
  batchOf,
  type Settings,
  type Side,
  stepBoth,
  twins,
  UNCLIPPED,
} from "./twins.js";

/** Some words weigh more, or less, than they may. */
function pushSalience(weights: Weights): void {
  const { values } = weights.get("salience") as { readonly values: Float32Array };
  for (let row = 1; row < values.length; row += 5) values[row] = row % 2 === 0 ? 3.5 : -9;
}

/** Of each three, one is far above zero, and one far below. */
function pushEachThird(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) + 300 * ((i % 3) - 1);
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

/** Places of all mentions, of each eight times, and of the last alone. */
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

  it("are tested with words in several chunks, mentions of one candidate, and NIL", async () => {
    const of = tinyModel(await loadBackend("wasm"));
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
    "stay finite where exponentials would not",
    onGpu(async (gpu) => {
      const edit = (weights: Weights): void => {
        for (const name of ["context_bias", "description_bias", "hidden_bias", "nil_hidden_bias"])
          pushEachThird(weights.get(name)?.values as Float32Array);
      };
      const sides = await twins(gpu, { ...ALL_PARTS, edit });
      await stepBoth(sides, batchOf);
      for (const { adam } of sides)
        for (const [name, { values }] of adam.moments)
          assert.ok(values.every(Number.isFinite) && values.some((value) => value !== 0), name);
      assertAlike(sides, "with large sums");
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
      const steps = async (stepper: Stepper, seeds: readonly number[]): Promise<number[]> => {
        const losses: number[] = [];
        for (const seed of seeds) losses.push(await stepper.step(batchOf(found, undefined, seed), options));
        await stepper.finish();
        return losses;
      };
      const losses = await steps(found.stepper, [1, 2, 3]);
      assert.equal(found.adam.steps, 3);
      const next = await gpuStepper(gpu, found.model, found.adam);
      assert.equal(next.steps, 3);
      losses.push(...(await steps(next, [4, 5, 6])));
      assertNear(losses, await steps(expected.stepper, [1, 2, 3, 4, 5, 6]), 1e-4, "losses");
      assert.equal(found.adam.steps, 6);
      assert.ok((losses[5] as number) < 0.9 * (losses[0] as number), "they have learned something");
    }),
  );

  it(
    "make no more buffers once there are enough",
    onGpu(async (gpu) => {
      const [of] = await twins(gpu);
      const step = async (): Promise<number> => of.stepper.step(batchOf(of), UNCLIPPED);
      const stepTwice = async (): Promise<void> => {
        await Promise.all([step(), step()]); // one is prepared while the other is taken
        await of.stepper.finish();
      };
      await stepTwice();
      const buffers = countBuffers(gpu.device);
      for (let i = 0; i < 10; i++) await stepTwice();
      assert.equal(buffers.made, 0);
      await twins(gpu);
      assert.ok(buffers.made > 0, "they are counted");
      buffers.stop();
    }),
  );

  it(
    "let go of buffers that became too small, and of all in the end",
    onGpu(async (gpu) => {
      const buffers = countBuffers(gpu.device);
      const [of] = await twins(gpu);
      const counts: [made: number, held: number][] = [];
      for (const places of growAndShrink(of)) {
        await of.stepper.step(batchOf(of, places), UNCLIPPED);
        await of.stepper.finish();
        counts.push([buffers.made, buffers.held.size]);
      }
      const [small, large, smallAgain] = counts as [[number, number], [number, number], [number, number]];
      assert.ok(large[0] >= small[0] + 3, "ints, floats and scratch grew");
      assert.equal(large[1], small[1]);
      assert.deepEqual(smallAgain, large);
      of.stepper.close();
      assert.equal(buffers.held.size, 0);
      buffers.stop();
    }),
  );

  it(
    "are refused for another architecture than the classifier",
    onGpu(async (gpu) => {
      const data = prepare(cosineConfig(), { kb: vectorKb(), ...tinyDocs() });
      const model = newModel(1, data, await loadBackend("wasm"));
      await assert.rejects(gpuStepper(gpu, model, new Adam(model.weights)), {
        code: "L307",
        message: /cosine/,
      });
    }),
  );

  // Last, as they take the device away.
  it(
    "fail once the device refused something, those under way too",
    onGpu(async (gpu) => {
      const [of] = await twins(gpu);
      const refused = { code: "L308", message: /^\[L308\] The GPU failed: .*\b1099511627776\b.*$/ };
      const step = async (): Promise<number> => of.stepper.step(batchOf(of), UNCLIPPED);
      const underWay = step();
      gpu.device.createBuffer({ size: 2 ** 40, usage: GPUBufferUsage.STORAGE });
      await assert.rejects(underWay, refused);
      await assert.rejects(step(), refused);
      await assert.rejects(of.stepper.finish(), refused);
    }),
  );

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

interface BufferCount {
  made: number;
  /** Those that were not destroyed. */
  readonly held: Set<GPUBuffer>;
  stop(): void;
}

/** Counts the buffers that a device makes from now on. */
function countBuffers(device: GPUDevice): BufferCount {
  const { createBuffer } = device;
  const held = new Set<GPUBuffer>();
  const count = {
    made: 0,
    held,
    stop: () => {
      device.createBuffer = createBuffer;
    },
  };
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer.call(device, descriptor);
    count.made++;
    held.add(buffer);
    const { destroy } = buffer;
    buffer.destroy = () => {
      held.delete(buffer);
      destroy.call(buffer);
    };
    return buffer;
  };
  return count;
}
