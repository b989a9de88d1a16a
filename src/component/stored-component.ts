import { join } from "node:path";
import { linkwrightError } from "../errors.js";
import { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { LearnedModel } from "../linker/bound-model.js";
import { openFolder, type WriteOptions, writeBundle } from "../linker/bundle.js";
import { type Config, modelOptions } from "../linker/config.js";
import { claimVectors } from "../linker/entity-vectors.js";
import {
  CONFIG_FILE,
  EVIDENCE_FILE,
  MEMORY_FILE,
  type Model,
  modelToFiles,
  openModel,
  readConfigFile,
  readLearned,
  readVocabulary,
  type StoredModel,
  VOCABULARY_FILE,
  WEIGHTS_FILE,
} from "../linker/model-files.js";
import { weightShapes } from "../model/starting-weights.js";
import type { Vocabulary } from "../model/vocabulary.js";
import {
  byValue,
  type FunctionSettings,
  functionsOf,
  functionsToConfig,
  resolveFunctions,
} from "../plugins/functions.js";
import { VERSION } from "../version.js";
import { packFiles, unpackFiles } from "./container.js";

/** Parts of a component that are not written, or not read. */
export type Excludable = "vocab" | "cfg" | "model" | "kb";

export interface ExcludeOptions {
  /** @default [] */
  readonly exclude?: readonly Excludable[];
}

/** All of a model but the settings. */
export type StoredParts = Omit<Model, "config">;

/** What a component holds, apart from what can be made of it. */
export interface ComponentState {
  readonly config: Config;
  readonly functions: FunctionSettings;
  readonly kb: InMemoryLookupKB;
  /** None before it was initialised. */
  readonly model: StoredParts | undefined;
}

export interface TrainedState extends ComponentState {
  readonly model: StoredParts;
}

/** A knowledge base: a folder beside the files of a folder, a file among the bytes. */
const KB_PART = "kb";
const FILES_OF: Readonly<Record<Excludable, readonly string[]>> = {
  vocab: [VOCABULARY_FILE],
  cfg: [CONFIG_FILE],
  model: [WEIGHTS_FILE, EVIDENCE_FILE, MEMORY_FILE],
  kb: [],
};
/** A component has its knowledge base beside it, whatever loaded it once. */
const NO_KB = "-";
const BYTES = "the bytes of the component";

export async function writeComponent(
  state: TrainedState,
  path: string,
  exclude: readonly Excludable[],
): Promise<void> {
  const model = modelToStore(state);
  const bundle = exclude.includes("kb") ? model : { ...model, kb: state.kb };
  await writeBundle(bundle, path, writeOptions(exclude));
}

export async function componentToBytes(
  state: TrainedState,
  exclude: readonly Excludable[],
): Promise<Uint8Array> {
  const kb = exclude.includes("kb") ? undefined : await state.kb.toBytes();
  const kbHash = (kb && state.kb.hash) ?? "";
  const files = modelToFiles(modelToStore(state), { ...writeOptions(exclude), kbHash });
  if (kb) files.set(KB_PART, kb);
  return packFiles(files);
}

/** The component that a folder holds; what is excluded is `own`. @throws E149, L402, L403, L404, L408 */
export async function readComponent(
  own: ComponentState,
  path: string,
  exclude: readonly Excludable[],
): Promise<ComponentState> {
  const readKb: ReadKb = (empty) => empty.fromDisk(join(path, KB_PART));
  return readState(await openFolder(path), own, { exclude, readKb });
}

/** The component that bytes hold; what is excluded is `own`. @throws E149, L402, L403, L404, L407, L408 */
export async function componentFromBytes(
  own: ComponentState,
  bytes: Uint8Array,
  exclude: readonly Excludable[],
): Promise<ComponentState> {
  const files = unpackFiles(bytes, BYTES);
  const stored = await openModel(async (name) => files.get(name), BYTES);
  const readKb: ReadKb = (empty) => {
    const kb = files.get(KB_PART);
    if (!kb) throw linkwrightError("L402", { path: BYTES, why: "its knowledge base is missing" });
    return empty.fromBytes(kb);
  };
  return readState(stored, own, { exclude, readKb });
}

/** Functions are stored by their names. */
function modelToStore({ config, functions, model }: TrainedState): Model {
  return {
    ...model,
    config: {
      ...config,
      functions: functionsToConfig(functions),
      paths: { ...config.paths, kb: config.paths.kb ?? NO_KB },
    },
  };
}

/** Exact weights: unlike `train`, updates do not round them to what float16 keeps. */
function writeOptions(exclude: readonly Excludable[]): WriteOptions {
  const leaveOut = exclude.flatMap((part) => FILES_OF[part]);
  return { format: "float32", linkwrightVersion: VERSION, leaveOut };
}

interface ReadOptions {
  readonly exclude: readonly Excludable[];
  /** Reads the knowledge base that stands beside the model. */
  readonly readKb: ReadKb;
}

/** Fills an empty knowledge base, whose class may be one's own. */
type ReadKb = (empty: InMemoryLookupKB) => Promise<InMemoryLookupKB>;

function emptyKbOf(functions: FunctionSettings, { model }: Config): InMemoryLookupKB {
  const { entity_vector_length: entityVectorLength } = model;
  const kb = resolveFunctions(functions).generateEmptyKb?.(entityVectorLength);
  return kb instanceof InMemoryLookupKB ? kb : new InMemoryLookupKB({ entityVectorLength });
}

async function readState(
  stored: StoredModel,
  own: ComponentState,
  { exclude, readKb }: ReadOptions,
): Promise<ComponentState> {
  const takes = (part: Excludable): boolean => !exclude.includes(part);
  const { mirrors } = stored.meta.about;
  if (mirrors !== undefined) throw linkwrightError("L519", { model: stored.where, kb: String(mirrors) });
  const config = takes("cfg") ? await readConfigFile(stored) : own.config;
  const functions = takes("cfg") ? functionsOf(config, byValue(own.functions)) : own.functions;
  const model = await readModelParts(stored, own.model, { config, takes });
  const kb = takes("kb") ? await readKb(emptyKbOf(functions, config)) : own.kb;
  if (takes("kb") && kb.hash !== stored.meta.kb_hash) {
    const why = "its knowledge base is not the one it was written with";
    throw linkwrightError("L402", { path: stored.where, why });
  }
  if (model && takes("kb") && takes("model")) claimVectors(kb, model.learned);
  return { config, functions, kb, model };
}

async function readModelParts(
  stored: StoredModel,
  own: StoredParts | undefined,
  { config, takes }: { readonly config: Config; readonly takes: (part: Excludable) => boolean },
): Promise<StoredParts | undefined> {
  if (!takes("model") && !own) return undefined;
  const vocabulary = takes("vocab") ? await readVocabulary(stored) : own?.learned.vocabulary;
  if (!vocabulary) return missingVocabulary(stored);
  const model = takes("model")
    ? await readLearned(stored, { config, vocabulary })
    : withSettings(own as StoredParts, config, vocabulary);
  checkFit(model.learned, stored.where);
  return model;
}

function withSettings(
  { learned, ...model }: StoredParts,
  config: Config,
  vocabulary: Vocabulary,
): StoredParts {
  const options = { ...modelOptions(config), nilLogit: learned.options.nilLogit };
  return { ...model, learned: { ...learned, options, vocabulary } };
}

/** Makes sure that weights have the shapes that settings and vocabulary ask for. */
function checkFit({ members, options, vocabulary }: LearnedModel, where: string): void {
  const shapes = weightShapes(options, vocabulary);
  const shown = (shape: readonly number[] | undefined): string =>
    shape ? `[${shape.join(" x ")}]` : "absent";
  for (const weights of members) {
    for (const weight of new Set([...Object.keys(shapes), ...weights.keys()])) {
      const [found, expected] = [shown(weights.get(weight)?.shape), shown(shapes[weight]?.shape)];
      if (found !== expected) throw linkwrightError("E149", { where, weight, found, expected });
    }
  }
}

function missingVocabulary({ where }: StoredModel): never {
  throw linkwrightError("E149", {
    where,
    weight: "embeddings",
    found: "of a vocabulary that is excluded",
    expected: "nothing without one",
  });
}
