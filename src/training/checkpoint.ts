import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { linkwrightError } from "../errors.js";
import type { TrainableModel } from "../model/trainable-model.js";
import { type Weights, weightsFromBytes, weightsToBytes } from "../tensor/weights.js";
import type { EpochReport, TrainingState } from "./loop.js";
import { Adam } from "./optimizer.js";

const HASH_BYTES = 32;

/** Facts of a checkpoint beside its numbers. */
interface Header {
  /** Hash of config and data: training goes on only from a checkpoint of the same. */
  readonly run: string;
  readonly epoch: number;
  readonly steps: number;
  readonly bestEpoch: number;
  readonly bestScore: number;
  readonly reports: readonly EpochReport[];
}

/** Which training a checkpoint belongs to. */
export interface CheckpointKey {
  /** Folder of the model. */
  readonly output: string;
  readonly seed: number;
  /** Hash of config and data. */
  readonly run: string;
}

/** Where a model folder keeps the state of its training. */
const folderOf = (output: string): string => join(output, "training");
export const checkpointPath = (output: string, seed: number): string =>
  join(folderOf(output), `checkpoint-${seed}.bin`);
export const metricsPath = (output: string): string => join(folderOf(output), "metrics.jsonl");

/**
 * Writes the state after an epoch; a kill at any moment leaves the previous checkpoint or this one, whole.
 * @param finished epochs of the seeds before, for the metrics
 */
export async function saveCheckpoint(
  { output, seed, run }: CheckpointKey,
  state: TrainingState,
  model: TrainableModel,
  finished: readonly EpochReport[],
): Promise<void> {
  const { epoch, adam, best, reports } = state;
  const header: Header = {
    run,
    epoch,
    steps: adam.steps,
    bestEpoch: best.epoch,
    bestScore: best.score,
    reports,
  };
  const all: Weights = new Map();
  for (const [name, weight] of model.weights) all.set(`weights/${name}`, weight);
  for (const [name, weight] of best.weights) all.set(`best/${name}`, weight);
  for (const [name, weight] of adam.moments) all.set(`adam/${name}`, weight);
  for (const [name, weight] of adam.averages ?? []) all.set(`average/${name}`, weight);
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(new Uint32Array([text.byteLength]).buffer);
  const metrics = [...finished, ...reports].map((report) => `${JSON.stringify(report)}\n`).join("");
  const content = [length, text, weightsToBytes(all)];
  await replaceFile(checkpointPath(output, seed), [hashOf(content), ...content]);
  await replaceFile(metricsPath(output), [new TextEncoder().encode(metrics)]);
}

/**
 * The state that a checkpoint holds, undefined where there is none; the model's weights are set to it.
 * @throws L507 it is damaged, or it belongs to another config or other data
 */
export async function loadCheckpoint(
  { output, seed, run }: CheckpointKey,
  model: TrainableModel,
): Promise<TrainingState | undefined> {
  const path = checkpointPath(output, seed);
  const refuse = (why: string, cause?: unknown): never => {
    throw linkwrightError("L507", { path, why }, cause);
  };
  if (!existsSync(path)) return undefined;
  const { header, all } = await readCheckpoint(path).catch((cause: Error) => refuse(cause.message, cause));
  if (header.run !== run) return refuse("it belongs to another config, other data or another backend");
  const weights = part(all, "weights/");
  if (!haveSameShapes(weights, model.weights)) return refuse("its weights are not those of this model");
  for (const [name, { values }] of weights) model.weights.get(name)?.values.set(values);
  const averages = part(all, "average/");
  const adam = new Adam(model.weights, { averages: averages.size > 0 });
  adam.restore(part(all, "adam/"), header.steps, averages);
  const best = { score: header.bestScore, epoch: header.bestEpoch, weights: part(all, "best/") };
  return { epoch: header.epoch, adam, best, reports: header.reports };
}

export function hasCheckpoints(output: string): boolean {
  return checkpointsIn(output).length > 0;
}

/** Makes sure, before any work, that the folder of a training can be written: the metrics begin empty. */
export async function beginOutput(output: string): Promise<void> {
  await replaceFile(metricsPath(output), []);
}

export async function removeCheckpoints(output: string): Promise<void> {
  for (const path of checkpointsIn(output)) await rm(path, { force: true });
}

function checkpointsIn(output: string): string[] {
  const folder = folderOf(output);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^checkpoint-.*\.bin$/.test(name));
  return names.map((name) => join(folder, name));
}

async function readCheckpoint(path: string): Promise<{ header: Header; all: Weights }> {
  const file = new Uint8Array(await readFile(path));
  const bytes = file.slice(HASH_BYTES);
  if (Buffer.compare(hashOf([bytes]), file.subarray(0, HASH_BYTES)) !== 0) throw new Error("it is damaged");
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as Header;
  return { header, all: weightsFromBytes(bytes.subarray(4 + length), path) };
}

function haveSameShapes(a: Weights, b: Weights): boolean {
  return a.size === b.size && [...a].every(([name, { shape }]) => `${shape}` === `${b.get(name)?.shape}`);
}

function part(all: Weights, prefix: string): Weights {
  const named = [...all].filter(([name]) => name.startsWith(prefix));
  return new Map(named.map(([name, weight]) => [name.slice(prefix.length), weight]));
}

function hashOf(chunks: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest();
}

async function replaceFile(path: string, chunks: readonly Uint8Array[]): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, "w");
    try {
      for (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined); // must not hide why
    throw linkwrightError("L406", { path, why: (cause as Error).message }, cause);
  }
}
