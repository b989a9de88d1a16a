import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { linkwrightError } from "../errors.js";
import { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { memoryFromBytes, memoryToBytes } from "../model/memory-file.js";
import type { FeatureScaling } from "../model/mention-table.js";
import { Vocabulary } from "../model/vocabulary.js";
import type { Backend } from "../tensor/backend.js";
import { type WeightFormat, type Weights, weightsFromBytes, weightsToBytes } from "../tensor/weights.js";
import type { LearnedModel } from "./bound-model.js";
import {
  type Config,
  candidateOptions,
  configToToml,
  linkerOptions,
  modelOptions,
  parseConfig,
} from "./config.js";
import type { Calibration } from "./decide.js";
import { claimVectors } from "./entity-vectors.js";
import { evidenceFromBytes, evidenceToBytes } from "./evidence-file.js";
import type { Evidence } from "./guarantee.js";
import { Linker } from "./linker.js";
import type { LinkerOptions } from "./options.js";

const FORMAT = "linkwright-model";
const VERSION = 1;
/** Options that change scores or the mentions that are scored. */
const EVIDENT_OPTIONS = ["inclPrior", "inclContext", "nSents", "labelsDiscard", "useGoldEnts"] as const;
/** Files of every model; beside them stand what it said of dev, and the training mentions that it remembers. */
const FILES = ["config.toml", "weights.bin", "vocabulary.tsv"] as const;
const EVIDENCE_FILE = "evidence.arrow";
const MEMORY_FILE = "memory.arrow";

/** What was learned, and the settings. */
export interface Model {
  readonly config: Config;
  readonly learned: LearnedModel;
  readonly calibration: Calibration;
  /** What the model said of dev; none where dev was of another knowledge base. */
  readonly evidence: Evidence | undefined;
  /** Scores on dev and other facts about the training, for people to read. */
  readonly about: Readonly<Record<string, unknown>>;
}

/** A model with the knowledge base that it links to. */
export interface Bundle extends Model {
  readonly kb: InMemoryLookupKB;
}

interface Meta {
  readonly format: string;
  readonly version: number;
  readonly linkwright: string;
  readonly labels: readonly string[];
  readonly types: readonly string[];
  /** Whether the model has a NIL logit: training turns it off where there is no NIL to learn from. */
  readonly nil_logit: boolean;
  readonly calibration: Calibration;
  readonly kb_hash: string;
  readonly about: Readonly<Record<string, unknown>>;
  readonly sha256: Readonly<Record<string, string>>;
}

export interface WriteOptions {
  /** How matrices are stored. @default "float16", which is exact for a model as training leaves it */
  readonly format?: WeightFormat;
  readonly linkwrightVersion: string;
}

/**
 * Writes a model folder, with its knowledge base if it has one: complete under a temporary name beside the target, then put in its place.
 * @throws L405 the target is something else, L406 it can't be written
 */
export async function writeBundle(
  bundle: Model | Bundle,
  path: string,
  options: WriteOptions,
): Promise<void> {
  const target = resolve(path);
  await refuseForeign(target);
  let temporary: string | undefined;
  try {
    await mkdir(dirname(target), { recursive: true });
    temporary = join(dirname(target), `.${basename(target)}-${randomBytes(4).toString("hex")}.tmp`);
    await mkdir(temporary);
    await writeFiles(bundle, temporary, options);
    await replaceFolder(temporary, target);
  } catch (cause) {
    if (temporary) await rm(temporary, { recursive: true, force: true });
    throw linkwrightError("L406", { path, why: (cause as Error).message }, cause);
  }
}

/**
 * Reads a model folder.
 * @throws L402 no model, L403 altered files, L404 another version, and the knowledge base's errors
 */
export async function readBundle(path: string): Promise<Bundle> {
  const meta = await readMeta(path);
  const model = await readModel(path);
  if (meta.kb_hash === "") {
    throw linkwrightError("L402", {
      path,
      why: "it has no knowledge base of its own. Give the folder of a knowledge base in its place",
    });
  }
  const kb = await InMemoryLookupKB.fromDisk(join(path, "kb"));
  if (kb.hash !== meta.kb_hash) {
    throw linkwrightError("L402", { path, why: "its kb folder is not the one it was written with" });
  }
  claimVectors(kb, model.learned);
  return { ...model, kb };
}

/** Reads a model folder without its knowledge base. */
export async function readModel(path: string): Promise<Model> {
  const meta = await readMeta(path);
  const files = new Map<string, Uint8Array>();
  const optional = [EVIDENCE_FILE, MEMORY_FILE].filter((file) => file in meta.sha256);
  for (const file of [...FILES, ...optional]) files.set(file, await readChecked(path, file, meta));
  const evidence = files.get(EVIDENCE_FILE);
  const memory = files.get(MEMORY_FILE);
  const text = (file: string): string => new TextDecoder().decode(files.get(file));
  const config = parseConfig(text("config.toml"), join(path, "config.toml"));
  const stored = weightsFromBytes(files.get("weights.bin") as Uint8Array, join(path, "weights.bin"));
  const learned: LearnedModel = {
    members: membersOf(stored),
    scaling: scalingOf(stored),
    options: { ...modelOptions(config), nilLogit: meta.nil_logit },
    vocabulary: Vocabulary.fromText(text("vocabulary.tsv")),
    labels: meta.labels,
    types: meta.types,
    memory: memory && memoryFromBytes(memory),
  };
  return {
    config,
    learned,
    calibration: meta.calibration,
    evidence: evidence && evidenceFromBytes(evidence),
    about: meta.about,
  };
}

/** A linker of a model and its knowledge base. @param changes options that win over the config's */
export function linkerFrom(
  { config, learned, calibration, evidence, kb }: Bundle,
  backend: Backend,
  changes: Partial<LinkerOptions> = {},
): Linker {
  const trained = linkerOptions(config);
  const options = { ...trained, ...changes };
  // What dev said of the model as it was trained does not vouch for another use of it.
  const isSame = EVIDENT_OPTIONS.every((key) => String(options[key]) === String(trained[key]));
  return new Linker({
    learned,
    kb,
    calibration,
    evidence: isSame ? evidence : undefined,
    candidates: candidateOptions(config),
    backend,
    options,
  });
}

/** Throws L405 when the path holds anything but a model (or the beginnings of one). */
export async function refuseForeign(path: string): Promise<void> {
  if (!existsSync(resolve(path))) return;
  const names = await readdir(resolve(path)).catch(() => undefined);
  const isOurs = names && (names.every((name) => name === "training") || (await isModel(path)));
  if (!isOurs) throw linkwrightError("L405", { path });
}

async function isModel(path: string): Promise<boolean> {
  return readMeta(path).then(
    () => true,
    (error: { code?: string }) => error.code === "L404",
  );
}

async function writeFiles(bundle: Model | Bundle, folder: string, options: WriteOptions): Promise<void> {
  const { config, learned, calibration, evidence, about } = bundle;
  const kb = "kb" in bundle ? bundle.kb : undefined;
  const stored: Weights = new Map();
  learned.members.forEach((weights, m) => {
    for (const [name, weight] of weights) stored.set(`${m}/${name}`, weight);
  });
  const { mean, scale } = learned.scaling;
  stored.set("scaling/mean", { shape: [mean.length], values: mean });
  stored.set("scaling/scale", { shape: [scale.length], values: scale });
  const contents: Record<string, string | Uint8Array> = {
    "config.toml": configToToml(config),
    "weights.bin": weightsToBytes(stored, options.format ?? "float16"),
    "vocabulary.tsv": learned.vocabulary.toText(),
  };
  if (evidence) contents[EVIDENCE_FILE] = evidenceToBytes(evidence);
  if (learned.memory) contents[MEMORY_FILE] = memoryToBytes(learned.memory);
  const sha256: Record<string, string> = {};
  for (const [file, content] of Object.entries(contents)) {
    await writeFile(join(folder, file), content);
    sha256[file] = hashOf(content);
  }
  await kb?.toDisk(join(folder, "kb"));
  const meta: Meta = {
    format: FORMAT,
    version: VERSION,
    linkwright: options.linkwrightVersion,
    labels: learned.labels,
    types: learned.types,
    nil_logit: learned.options.nilLogit,
    calibration,
    kb_hash: kb?.hash ?? "",
    about,
    sha256,
  };
  const checked = { ...meta, meta_sha256: hashOf(JSON.stringify(meta)) };
  await writeFile(join(folder, "meta.json"), `${JSON.stringify(checked, null, 2)}\n`);
}

/** Keeps the `training` folder (metrics, checkpoint) of the model that is replaced. */
async function replaceFolder(temporary: string, target: string): Promise<void> {
  if (!existsSync(target)) return rename(temporary, target);
  const old = `${temporary}-old`;
  await rename(target, old); // fails before anything has changed where the target is a mount point
  try {
    await rename(temporary, target);
  } catch (error) {
    await rename(old, target);
    throw error;
  }
  if (existsSync(join(old, "training"))) await rename(join(old, "training"), join(target, "training"));
  await rm(old, { recursive: true, force: true });
}

async function readMeta(path: string): Promise<Meta> {
  const refuse = (why: string, cause?: unknown): never => {
    throw linkwrightError("L402", { path, why }, cause);
  };
  if (!existsSync(path)) return refuse("there is no such folder");
  const text = await readFile(join(path, "meta.json"), "utf8").catch((cause) =>
    refuse("it has no meta.json", cause),
  );
  let meta: Meta;
  try {
    meta = JSON.parse(text) as Meta;
  } catch (cause) {
    return refuse("its meta.json is not JSON", cause);
  }
  if (meta?.format !== FORMAT) return refuse(`its meta.json says format ${JSON.stringify(meta?.format)}`);
  if (meta.version !== VERSION) {
    throw linkwrightError("L404", { path, found: String(meta.version), expected: String(VERSION) });
  }
  const { meta_sha256: expected = "absent", ...content } = meta as Meta & { readonly meta_sha256?: string };
  const found = hashOf(JSON.stringify(content));
  if (found !== expected) throw linkwrightError("L403", { file: join(path, "meta.json"), found, expected });
  return content;
}

async function readChecked(path: string, name: string, meta: Meta): Promise<Uint8Array> {
  const file = join(path, name);
  const bytes = await readFile(file).catch((cause) => {
    throw linkwrightError("L402", { path, why: `${name} is missing` }, cause);
  });
  const found = hashOf(bytes);
  const expected = meta.sha256[name] ?? "absent";
  if (found !== expected) throw linkwrightError("L403", { file, found, expected });
  return bytes;
}

function scalingOf(stored: Weights): FeatureScaling {
  const values = (name: string): Float32Array => stored.get(name)?.values ?? new Float32Array(0);
  return { mean: values("scaling/mean"), scale: values("scaling/scale") };
}

function membersOf(stored: Weights): Weights[] {
  const members: Weights[] = [];
  for (const [path, weight] of stored) {
    const [member = "", name = ""] = path.split("/");
    if (!/^\d+$/.test(member)) continue;
    members[Number(member)] ??= new Map();
    members[Number(member)]?.set(name, weight);
  }
  return members;
}

function hashOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
