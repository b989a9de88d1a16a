/** The same model in training twice, on a GPU and on the cores, and ways to compare them. */
import assert from "node:assert/strict";
import type { Config } from "../../../src/linker/config.js";
import { makeRandom } from "../../../src/model/random.js";
import { type Backend, loadBackend } from "../../../src/tensor/backend.js";
import type { Gpu } from "../../../src/tensor/gpu.js";
import { cloneWeights, type Weights } from "../../../src/tensor/weights.js";
import { gpuStepper } from "../../../src/training/gpu/gpu-stepper.js";
import { Adam, type StepOptions } from "../../../src/training/optimizer.js";
import { coreStepper, type Stepper, type TrainingBatch } from "../../../src/training/stepper.js";
import { type TinyModel, tinyModel } from "../../model/tiny-model.js";

/** Small steps, so that both sides stay where their gradients are alike; decay is large, so that it shows. */
export const UNCLIPPED: StepOptions = { learningRate: 1e-4, weightDecay: 1, clipNorm: 1e9 };

export interface Settings {
  readonly changes?: Partial<Config["model"]>;
  readonly averages?: boolean;
  /** Alters the starting weights. */
  readonly edit?: (weights: Weights) => void;
}

export const ALL_PARTS: Settings = { averages: true };

export type Twins = readonly [onGpu: Side, onCores: Side];

/** A model in training. */
export interface Side extends TinyModel {
  readonly start: Weights;
  readonly adam: Adam;
  readonly stepper: Stepper;
}

async function side(
  backend: Backend,
  { changes = {}, averages = false, edit }: Settings,
  make: (model: TinyModel["model"], adam: Adam) => Stepper | Promise<Stepper>,
): Promise<Side> {
  const tiny = tinyModel(backend, changes);
  edit?.(tiny.weights);
  const adam = new Adam(tiny.weights, { averages });
  return { ...tiny, adam, start: cloneWeights(tiny.weights), stepper: await make(tiny.model, adam) };
}

/** Held, since Dawn compiles kernels anew, which takes SwiftShader long, once no stepper has them. */
const held: Stepper[] = [];

/** An untrained model on the GPU, and an equal one on the cores. */
export async function twins(gpu: Gpu, settings = ALL_PARTS): Promise<Twins> {
  const wasm = await loadBackend("wasm");
  const found = await side(wasm, settings, (model, adam) => gpuStepper(gpu, model, adam));
  held.push(found.stepper);
  return [found, await side(wasm, settings, coreStepper)];
}

/** A batch of the trainable mentions at some places; the same seed drops out the same. @default all, once */
export function batchOf(
  { data, mentions, gold }: Side,
  places = [...mentions.keys()],
  seed = 3,
): TrainingBatch {
  return {
    table: data.train.table,
    mentions: Int32Array.from(places, (place) => mentions[place] as number),
    gold: Int32Array.from(places, (place) => gold[place] as number),
    dropout: { random: makeRandom(seed), units: 0.25, words: 0.25 },
  };
}

/** Takes a step on both, and brings their numbers home. */
export async function stepBoth(
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
export function assertNear(
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

/** How far the numbers of a weight, or its averages, went. */
function moved({ start }: Side, name: string, now: Weights | undefined): number[] {
  const from = start.get(name)?.values as Float32Array;
  return Array.from(now?.get(name)?.values as Float32Array, (value, i) => value - (from[i] as number));
}

/** Asserts that both learned the same: gradients by their moments, and where weights and averages went. */
export function assertAlike([found, expected]: Twins, when: string): void {
  assert.equal(found.adam.steps, expected.adam.steps);
  for (const [name, { values }] of expected.adam.moments)
    assertNear(found.adam.moments.get(name)?.values as Float32Array, values, 1e-4, `${name} ${when}`);
  const assertMoved = (name: string, kind: string, of: (side: Side) => Weights | undefined): void => {
    const [a, b] = [moved(found, name, of(found)), moved(expected, name, of(expected))];
    assertNear(a, b, 1e-2, `${kind} ${name} ${when}`);
  };
  for (const name of expected.weights.keys()) {
    assertMoved(name, "weight", ({ weights }) => weights);
    if (expected.adam.averages) assertMoved(name, "average", ({ adam }) => adam.averages);
  }
}
