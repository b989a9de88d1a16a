import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { NelModel } from "../../src/model/nel-model.js";
import { sizeOf, type Weights } from "../../src/tensor/weights.js";
import {
  type CheckpointKey,
  checkpointPath,
  loadCheckpoint,
  saveCheckpoint,
} from "../../src/training/checkpoint.js";
import type { EpochReport, TrainingState } from "../../src/training/loop.js";
import { Adam } from "../../src/training/optimizer.js";
import { damaged, oddText } from "../arbitraries.js";
import { suiteFolder } from "../fixtures.js";
import { assertRefused } from "../refusals.js";

const SHAPES = { matrix: [2, 3], vector: [3] };
const folder = suiteFolder();

/** What a checkpoint reads of a model. */
const modelOf = (weights: Weights): NelModel => ({ weights }) as NelModel;

const single = fc.float({ noNaN: true, noDefaultInfinity: true });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
/** Weights of the same names and shapes, each name under a prefix. */
function weightsOf(...prefixes: readonly string[]): fc.Arbitrary<Weights> {
  const entries = prefixes.flatMap((prefix) =>
    Object.entries(SHAPES).map(([name, shape]) => {
      const values = fc.array(single, { minLength: sizeOf(shape), maxLength: sizeOf(shape) });
      return values.map((list) => [prefix + name, { shape, values: Float32Array.from(list) }] as const);
    }),
  );
  return fc.tuple(...entries).map((list): Weights => new Map(list));
}

const report = fc.record(
  { seed: fc.nat(), epoch: fc.nat(), loss: number, mentions: fc.nat() },
  { noNullPrototype: true },
);
const state = fc
  .record({
    weights: weightsOf(""),
    best: weightsOf(""),
    moments: weightsOf("m/", "v/"),
    steps: fc.nat(),
    epoch: fc.nat(),
    score: number,
    reports: fc.array(report, { maxLength: 3 }),
  })
  .map(({ weights, best, moments, steps, epoch, score, reports }) => {
    const adam = new Adam(weights);
    adam.restore(moments, steps);
    const training: TrainingState = {
      epoch,
      adam,
      best: { score, epoch: epoch >> 1, weights: best },
      reports: reports as unknown as EpochReport[],
    };
    return { weights, training };
  });

/** Weights before anything was learned. */
const blank = (): Weights =>
  new Map(
    Object.entries(SHAPES).map(([name, shape]) => [name, { shape, values: new Float32Array(sizeOf(shape)) }]),
  );

describe("a checkpoint", () => {
  test("holds all that the next epoch depends on, of any run, and is written to the byte again", async () => {
    await fc.assert(
      fc.asyncProperty(state, oddText(), fc.nat(), async ({ weights, training }, run, seed) => {
        const key: CheckpointKey = { output: folder, seed, run };
        await saveCheckpoint(key, training, modelOf(weights), []);
        const bytes = readFileSync(checkpointPath(folder, seed));
        const model = modelOf(blank());
        const read = (await loadCheckpoint(key, model)) as TrainingState;
        const { adam, ...rest } = training;
        assert.deepEqual([...model.weights], [...weights]);
        assert.deepEqual([[...read.adam.moments], read.adam.steps], [[...adam.moments], adam.steps]);
        assert.deepEqual({ ...read, adam }, { ...rest, adam });
        await saveCheckpoint(key, read, model, []);
        assert.deepEqual(readFileSync(checkpointPath(folder, seed)), bytes);
      }),
      { numRuns: 40 },
    );
  });

  test("with other bytes is refused, and leaves the weights as they are", async () => {
    const [{ weights, training }] = fc.sample(state, 1) as [{ weights: Weights; training: TrainingState }];
    const key: CheckpointKey = { output: join(folder, "damaged"), seed: 1, run: "run" };
    const path = checkpointPath(key.output, key.seed);
    await saveCheckpoint(key, training, modelOf(weights), []);
    const whole = readFileSync(path);
    const model = modelOf(blank());
    await fc.assert(
      fc.asyncProperty(damaged(whole), async (bytes) => {
        writeFileSync(path, bytes);
        await assertRefused(() => loadCheckpoint(key, model), /^\[L507\] .*checkpoint-1\.bin/);
      }),
      { numRuns: 300 },
    );
    assert.deepEqual([...model.weights], [...blank()]);
    writeFileSync(path, whole);
    assert.equal((await loadCheckpoint(key, model))?.epoch, training.epoch);
  });
});
