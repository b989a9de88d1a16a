import { createHash } from "node:crypto";
import { join } from "node:path";
import { linkwrightError } from "../errors.js";
import { MentionFilter } from "../mentions/mention-filter.js";
import { memoryFromBytes, memoryToBytes } from "../model/memory-file.js";
import type { FeatureScaling } from "../model/mention-table.js";
import { Vocabulary } from "../model/vocabulary.js";
import { type WeightFormat, type Weights, weightsFromBytes, weightsToBytes } from "../tensor/weights.js";
import type { LearnedModel } from "./bound-model.js";
import { type Config, configToToml, modelOptions, parseConfig } from "./config.js";
import type { Calibration } from "./decide.js";
import { evidenceFromBytes, evidenceToBytes } from "./evidence-file.js";
import type { Evidence } from "./guarantee.js";

const FORMAT = "linkwright-model";
const VERSION = 1;
const META_FILE = "meta.json";
/** Files of every model; beside them stand what it said of dev, the training mentions that it remembers, and which names are worth linking. */
export const CONFIG_FILE = "config.toml";
export const WEIGHTS_FILE = "weights.bin";
export const VOCABULARY_FILE = "vocabulary.tsv";
export const EVIDENCE_FILE = "evidence.arrow";
export const MEMORY_FILE = "memory.arrow";
export const MENTIONS_FILE = "mentions.json";

/** What was learned, and the settings. */
export interface Model {
  readonly config: Config;
  readonly learned: LearnedModel;
  /** None for scores that are no logits. */
  readonly calibration: Calibration | undefined;
  /** What the model said of dev; none where dev was of another knowledge base. */
  readonly evidence: Evidence | undefined;
  /** Which names of the knowledge base are worth linking, where that was learned. */
  readonly mentionFilter?: MentionFilter | undefined;
  /** Scores on dev and other facts about the training, for people to read. */
  readonly about: Readonly<Record<string, unknown>>;
}

/** meta.json. */
interface Meta {
  readonly format: string;
  readonly version: number;
  readonly linkwright: string;
  readonly labels: readonly string[];
  readonly types: readonly string[];
  /** Whether the model has a NIL logit: training turns it off where there is no NIL to learn from. */
  readonly nil_logit: boolean;
  readonly calibration: Calibration | undefined;
  readonly kb_hash: string;
  readonly about: Readonly<Record<string, unknown>>;
  readonly sha256: Readonly<Record<string, string>>;
}

export interface ModelFilesOptions {
  /** How matrices are stored. @default "float16", which is exact for a model as training leaves it */
  readonly format?: WeightFormat;
  readonly linkwrightVersion: string;
  /** Hash of the knowledge base that stands beside the files; "" for none. */
  readonly kbHash: string;
  /** Files that are not made. @default none */
  readonly leaveOut?: readonly string[];
}

/** A model as files by name, meta.json the last of them. */
export function modelToFiles(
  { config, learned, calibration, evidence, mentionFilter, about }: Model,
  { format = "float16", linkwrightVersion, kbHash, leaveOut = [] }: ModelFilesOptions,
): Map<string, Uint8Array> {
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  const files = new Map<string, Uint8Array>();
  files.set(CONFIG_FILE, text(configToToml(config)));
  files.set(WEIGHTS_FILE, weightsToBytes(storedWeights(learned), format));
  files.set(VOCABULARY_FILE, text(learned.vocabulary.toText()));
  if (evidence) files.set(EVIDENCE_FILE, evidenceToBytes(evidence));
  if (learned.memory) files.set(MEMORY_FILE, memoryToBytes(learned.memory));
  if (mentionFilter) files.set(MENTIONS_FILE, mentionFilter.toBytes());
  for (const name of leaveOut) files.delete(name);
  const meta: Meta = {
    format: FORMAT,
    version: VERSION,
    linkwright: linkwrightVersion,
    labels: learned.labels,
    types: learned.types,
    nil_logit: learned.options.nilLogit,
    calibration,
    kb_hash: kbHash,
    about,
    sha256: Object.fromEntries([...files].map(([name, content]) => [name, hashOf(content)])),
  };
  const checked = { ...meta, meta_sha256: hashOf(JSON.stringify(meta)) };
  return files.set(META_FILE, text(`${JSON.stringify(checked, null, 2)}\n`));
}

/** Gives a file of a model; rejects, or gives undefined, where there is none. */
export type ReadModelFile = (name: string) => Promise<Uint8Array | undefined>;

/** The files of a model, meta.json read and found sound. */
export interface StoredModel {
  readonly meta: Meta;
  /** What messages call the place. */
  readonly where: string;
  /** @throws L402 no such file, L403 not what meta.json says of it */
  read(name: string): Promise<Uint8Array>;
}

/**
 * Begins to read a model.
 * @param where what messages call the place
 * @throws L402 no model, L403 an altered meta.json, L404 another version
 */
export async function openModel(read: ReadModelFile, where: string): Promise<StoredModel> {
  const meta = await readMeta(read, where);
  return { meta, where, read: (name) => readChecked(read, name, { meta, where }) };
}

/** The whole model. @throws L402, L403, L503 */
export async function modelFrom(stored: StoredModel): Promise<Model> {
  const config = await readConfigFile(stored);
  const vocabulary = await readVocabulary(stored);
  return { config, ...(await readLearned(stored, { config, vocabulary })) };
}

export async function readConfigFile({ read, where }: StoredModel): Promise<Config> {
  return parseConfig(new TextDecoder().decode(await read(CONFIG_FILE)), join(where, CONFIG_FILE));
}

export async function readVocabulary({ read }: StoredModel): Promise<Vocabulary> {
  return Vocabulary.fromText(new TextDecoder().decode(await read(VOCABULARY_FILE)));
}

/** What was learned; settings and words are given, so that they may be another's. */
export async function readLearned(
  { meta, where, read }: StoredModel,
  { config, vocabulary }: { readonly config: Config; readonly vocabulary: Vocabulary },
): Promise<Omit<Model, "config">> {
  const stored = weightsFromBytes(await read(WEIGHTS_FILE), join(where, WEIGHTS_FILE));
  const decodedIfAny = async <T>(name: string, decode: (bytes: Uint8Array) => T): Promise<T | undefined> => {
    if (!(name in meta.sha256)) return undefined;
    const bytes = await read(name);
    try {
      return decode(bytes);
    } catch (cause) {
      const why = `its ${name} can't be decoded (${(cause as Error).message})`;
      throw linkwrightError("L402", { path: where, why }, cause);
    }
  };
  const evidence = await decodedIfAny(EVIDENCE_FILE, evidenceFromBytes);
  const memory = await decodedIfAny(MEMORY_FILE, memoryFromBytes);
  const mentionFilter = await decodedIfAny(MENTIONS_FILE, MentionFilter.fromBytes);
  const learned: LearnedModel = {
    members: membersOf(stored),
    scaling: scalingOf(stored),
    options: { ...modelOptions(config), nilLogit: meta.nil_logit },
    vocabulary,
    labels: meta.labels,
    types: meta.types,
    memory,
  };
  return { learned, calibration: meta.calibration, evidence, mentionFilter, about: meta.about };
}

async function readMeta(read: ReadModelFile, path: string): Promise<Meta> {
  const refuse = (why: string, cause?: unknown): never => {
    throw linkwrightError("L402", { path, why }, cause);
  };
  const bytes =
    (await read(META_FILE).catch((cause) => refuse("it has no meta.json", cause))) ??
    refuse("it has no meta.json");
  let meta: Meta;
  try {
    meta = JSON.parse(new TextDecoder().decode(bytes)) as Meta;
  } catch (cause) {
    return refuse("its meta.json is not JSON", cause);
  }
  if (meta?.format !== FORMAT) return refuse(`its meta.json says format ${JSON.stringify(meta?.format)}`);
  if (meta.version !== VERSION) {
    throw linkwrightError("L404", { path, found: String(meta.version), expected: String(VERSION) });
  }
  const { meta_sha256: expected = "absent", ...content } = meta as Meta & { readonly meta_sha256?: string };
  const hashed = JSON.stringify(content);
  const found = hashOf(hashed);
  if (found !== expected) throw linkwrightError("L403", { file: join(path, META_FILE), found, expected });
  return JSON.parse(hashed) as Meta; // and not `content`, where a 0 may be -0
}

async function readChecked(
  read: ReadModelFile,
  name: string,
  { meta, where }: Pick<StoredModel, "meta" | "where">,
): Promise<Uint8Array> {
  const missing = (cause?: unknown): never => {
    throw linkwrightError("L402", { path: where, why: `${name} is missing` }, cause);
  };
  const bytes = (await read(name).catch(missing)) ?? missing();
  const found = hashOf(bytes);
  const expected = meta.sha256[name] ?? "absent";
  if (found !== expected) throw linkwrightError("L403", { file: join(where, name), found, expected });
  return bytes;
}

function storedWeights({ members, scaling: { mean, scale } }: LearnedModel): Weights {
  const stored: Weights = new Map();
  members.forEach((weights, m) => {
    for (const [name, weight] of weights) stored.set(`${m}/${name}`, weight);
  });
  stored.set("scaling/mean", { shape: [mean.length], values: mean });
  return stored.set("scaling/scale", { shape: [scale.length], values: scale });
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
