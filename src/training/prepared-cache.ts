import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, rmdir, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { linkwrightError } from "../errors.js";
import type { Config } from "../linker/config.js";
import type { FeatureScaling, MentionTable } from "../model/mention-table.js";
import type { MemoryColumns } from "../model/train-memory.js";
import { Vocabulary } from "../model/vocabulary.js";
import { type NumberArray, readArrays, writeArrays } from "./array-file.js";
import {
  type Corpora,
  type Prepared,
  type PreparedNumbers,
  type PrepareOptions,
  prepareInThreads,
  type TrainingData,
  withFilter,
  withoutText,
} from "./prepare.js";
import { preparedKey } from "./prepared-key.js";

/**
 * To be raised by whoever changes a file's form, or the numbers that are made of the same data, if only by rounding: a key
 * knows no more than the version, and one version has many builds.
 */
const FORMAT = 2;
const NAME = /^features-[0-9a-f]{64}\.bin$/;
/** Files that a folder keeps, those used last: data and settings change, and what was made of them is not small. */
const KEPT = 8;

/** What of {@link PreparedNumbers} is no array of numbers. */
interface Facts {
  readonly format: number;
  readonly nilLogit: boolean;
  readonly vocabulary: string;
  readonly labels: readonly string[];
  readonly types: readonly string[];
  readonly names: readonly string[] | undefined;
  readonly ids: readonly string[] | undefined;
  readonly trainSize: number;
  readonly devSize: number;
  readonly featureWidth: number;
}

interface CachedOptions extends PrepareOptions {
  /** Is told what became of the folder. */
  readonly onStage?: (stage: string) => void;
}

/**
 * As `prepareInThreads`, out of a folder that keeps what was made before of the same documents, knowledge base and
 * settings.
 * @throws L530 the folder can't be written, told before anything is made
 */
export async function prepareCached(
  config: Config,
  given: Corpora,
  { onStage = () => {}, ...options }: CachedOptions = {},
): Promise<TrainingData> {
  const folder = config.training.cache;
  if (folder === undefined) return prepareInThreads(config, given, options);
  const corpora = config.linker.use_gold_ents ? given : withFilter(config, given, options); // then features depend on it
  const key = await preparedKey(config, corpora);
  if (key === undefined) {
    onStage("features are not kept: functions find the candidates");
    return prepareInThreads(config, corpora, options);
  }
  const path = join(folder, `features-${key}.bin`);
  const known = existsSync(path) && (await readPrepared(path, onStage));
  if (known) {
    onStage(`features taken from ${path}`);
    await touch(path);
    return withoutText(config, withFilter(config, corpora, options), known);
  }
  await writing(folder, () => tryOut(folder));
  const data = await prepareInThreads(config, corpora, options);
  await writing(path, async () => {
    await writeArrays(path, toFile(data));
    await removeOld(folder);
  });
  return data;
}

/** @throws L530 */
async function writing(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    throw linkwrightError("L530", { path, why: (cause as Error).message }, cause);
  }
}

/** Makes the folder, and something in it. */
async function tryOut(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await rmdir(await mkdtemp(join(folder, "trial-")));
}

/** Undefined for a file that can't be read, which is then made anew. */
async function readPrepared(
  path: string,
  onStage: (stage: string) => void,
): Promise<PreparedNumbers | undefined> {
  try {
    const { facts, arrays } = await readArrays<Facts>(path);
    if (facts.format !== FORMAT) throw new Error(`it is of format ${facts.format}, not ${FORMAT}`);
    return fromFile(facts, arrays);
  } catch (error) {
    onStage(`features made anew: ${path} can't be read: ${(error as Error).message}`);
    return undefined;
  }
}

const MEMORY_ARRAYS = [
  "pairName",
  "pairId",
  "pairCount",
  "contextPair",
  "neighbours",
  "wordStart",
  "words",
  "weights",
] as const satisfies readonly (keyof MemoryColumns)[];
const TABLE_ARRAYS = [
  "context",
  "sentenceDistance",
  "documents",
  "documentRows",
  "labels",
  "rowStart",
  "entities",
  "priors",
  "features",
] as const satisfies readonly (keyof MentionTable)[];

function toFile({ train, dev, model, vocabulary, labels, types, scaling, memory }: TrainingData): {
  facts: Facts;
  arrays: Map<string, NumberArray>;
} {
  const arrays = new Map<string, NumberArray>();
  for (const [part, { table, gold }] of Object.entries({ train, dev })) {
    for (const name of TABLE_ARRAYS) arrays.set(`${part}.${name}`, table[name]);
    arrays.set(`${part}.gold`, gold);
  }
  arrays.set("scaling.mean", scaling.mean).set("scaling.scale", scaling.scale);
  if (memory) for (const name of MEMORY_ARRAYS) arrays.set(`memory.${name}`, memory[name]);
  const facts = {
    format: FORMAT,
    nilLogit: model.nilLogit,
    vocabulary: vocabulary.toText(),
    labels,
    types,
    names: memory?.names,
    ids: memory?.ids,
    trainSize: train.table.size,
    devSize: dev.table.size,
    featureWidth: train.table.featureWidth,
  };
  return { facts, arrays };
}

function fromFile(facts: Facts, arrays: ReadonlyMap<string, NumberArray>): PreparedNumbers {
  /** Which kind each array is stands in the file, and its hash vouches for it. */
  const pick = <T>(part: string, names: readonly string[]): T =>
    Object.fromEntries(names.map((name) => [name, arrays.get(`${part}.${name}`)])) as T;
  const prepared = (part: string, size: number): Prepared => ({
    table: { ...pick<MentionTable>(part, TABLE_ARRAYS), size, featureWidth: facts.featureWidth },
    gold: arrays.get(`${part}.gold`) as Int32Array,
  });
  /** Copies: a model that is kept must not keep the whole file in memory. */
  const copy = <T>(part: string, names: readonly string[]): T =>
    Object.fromEntries(names.map((name) => [name, arrays.get(`${part}.${name}`)?.slice()])) as T;
  const { names, ids, nilLogit, labels, types } = facts;
  return {
    train: prepared("train", facts.trainSize),
    dev: prepared("dev", facts.devSize),
    vocabulary: Vocabulary.fromText(facts.vocabulary),
    scaling: copy<FeatureScaling>("scaling", ["mean", "scale"]),
    memory: names && ids ? { ...copy<MemoryColumns>("memory", MEMORY_ARRAYS), names, ids } : undefined,
    nilLogit,
    labels,
    types,
  };
}

/** Keeps it from being the oldest. */
async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined); // a folder that may be read alone serves as well
}

async function removeOld(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name));
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), used: (await stat(join(folder, name))).mtimeMs })),
  );
  files.sort((a, b) => b.used - a.used);
  for (const { path } of files.slice(KEPT)) await rm(path, { force: true });
}
