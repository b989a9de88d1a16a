import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse, stringify, TomlError } from "smol-toml";
import { linkwrightError } from "../errors.js";
import type { MentionOptions } from "../mentions/options.js";
import type { ModelOptions } from "../model/options.js";
import { type ConfigProblem, problemOf } from "./config-problem.js";
import { type Config, schema } from "./config-schema.js";
import { contradictionWithCosine, withoutClassifier } from "./cosine-config.js";
import { type CandidateOptions, LINKER_DEFAULTS, type LinkerOptions } from "./options.js";

export type { Config };

/** Arguments of functions that are paths: `path`, `kb_path`. */
const PATH_ARGUMENT = /(^|_)path$/;
/** Values of `training.init` that are no folder. */
const NAMED_INITS = ["random", "base"];

/** Links by the fitted threshold alone, so that accuracies can be compared. */
export const PLAIN_DECISION: Config["decide"] = { confidence: LINKER_DEFAULTS.confidence, set_size: 0 };

/** Settings given on the command line: `training.max_epochs` -> value as text or as parsed. */
export type Overrides = Readonly<Record<string, unknown>>;

/**
 * Reads a config file; overrides win over the file, defaults fill the rest. Paths in the file are relative to it,
 * paths in overrides to the working directory.
 * @throws L501 unreadable, L502 not TOML, L503 a key that is unknown or has a wrong value
 */
export function readConfig(file: string, overrides: Overrides = {}): Config {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw linkwrightError("L501", { file, why: (cause as Error).message }, cause);
  }
  const raw = parseToml(text, file);
  resolvePaths(raw, dirname(file));
  for (const [key, value] of Object.entries(overrides)) {
    const isPath =
      (key.startsWith("paths.") || key === "training.cache") && typeof value === "string" && value !== "";
    setDotted(raw, key, isPath ? resolve(value) : value);
  }
  return checkConfig(raw, file);
}

/** Reads a config's text as it stands, paths untouched. */
export function parseConfig(text: string, where: string): Config {
  return checkConfig(parseToml(text, where), where);
}

/** Checks a config that was read or built elsewhere, and fills in the defaults. */
export function checkConfig(raw: unknown, where: string): Config {
  const result = schema.safeParse(withoutClassifier(raw));
  if (result.success) {
    const problem = contradictionIn(result.data);
    if (problem) throw linkwrightError("L503", { where, ...problem });
    return result.data;
  }
  throw linkwrightError("L503", { where, ...problemOf(result.error) });
}

/** Settings that exclude each other. */
function contradictionIn(config: Config): ConfigProblem | undefined {
  const { paths, functions, decide, linker, model } = config;
  if (paths.kb === undefined && functions.kb_loader === undefined)
    return { key: "paths.kb", problem: "is missing." };
  if (paths.kb !== undefined && functions.kb_loader !== undefined) {
    return {
      key: "functions.kb_loader",
      problem: "excludes paths.kb: one of them gives the knowledge base.",
    };
  }
  if (decide.set_size > 0 && decide.precision === undefined) {
    return { key: "decide.set_size", problem: "needs decide.precision." };
  }
  if (decide.precision !== undefined && linker.threshold !== "auto") {
    return { key: "decide.precision", problem: 'excludes a linker.threshold other than "auto".' };
  }
  return model.architecture === "cosine" ? contradictionWithCosine(config) : undefined;
}

export function configToToml(config: Config): string {
  return stringify(config);
}

export function linkerOptions({ linker, decide }: Config): LinkerOptions {
  return {
    labelsDiscard: linker.labels_discard,
    nSents: linker.n_sents,
    inclPrior: linker.incl_prior,
    inclContext: linker.incl_context,
    useGoldEnts: linker.use_gold_ents,
    overwrite: linker.overwrite,
    candidatesBatchSize: linker.candidates_batch_size,
    threshold: linker.threshold === "auto" ? null : linker.threshold,
    precision: decide.precision ?? null,
    confidence: decide.confidence,
    setSize: decide.set_size,
  };
}

export function candidateOptions({ candidates }: Config): CandidateOptions {
  return { maxCandidates: candidates.max_candidates, paths: candidates.paths };
}

/** How mentions are found: by names as candidates are. */
export function mentionOptions({
  mentions,
  candidates,
}: Pick<Config, "mentions" | "candidates">): MentionOptions {
  const { detector, linkable_labels: linkableLabels = null } = mentions;
  return { detector, linkableLabels, paths: candidates.paths };
}

export function modelOptions({ model }: Config): ModelOptions {
  return {
    architecture: model.architecture,
    contextWidth: model.context_width,
    typeWidth: model.type_width,
    entityVectorLength: model.entity_vector_length,
    embeddingWidth: model.embedding_width,
    hiddenWidth: model.hidden_width,
    vocabularySize: model.vocabulary_size,
    hashBuckets: model.hash_buckets,
    contextTokens: model.context_tokens,
    documentTokens: model.document_tokens,
    descriptionTokens: model.description_tokens,
    interactions: model.interactions,
    skip: model.skip,
    labelTypes: model.label_types,
    nilLogit: model.nil_logit,
    features: model.features,
    relativeFeatures: model.relative_features,
  };
}

function parseToml(text: string, file: string): Record<string, unknown> {
  try {
    return parse(text) as Record<string, unknown>;
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const reason = cause.message.split("\n")[0] as string;
    throw linkwrightError("L502", { file, line: cause.line, reason }, cause);
  }
}

function resolvePaths(raw: Record<string, unknown>, folder: string): void {
  const training = raw.training as Record<string, unknown> | undefined;
  if (typeof training?.init === "string" && !NAMED_INITS.includes(training.init)) {
    training.init = resolve(folder, training.init);
  }
  if (typeof training?.cache === "string" && training.cache !== "") {
    training.cache = resolve(folder, training.cache);
  }
  resolveStrings(raw.paths, folder, () => true);
  if (typeof raw.functions !== "object" || raw.functions === null) return;
  for (const call of Object.values(raw.functions))
    resolveStrings(call, folder, (key) => PATH_ARGUMENT.test(key));
}

/** Makes strings of a table that are paths absolute. */
function resolveStrings(table: unknown, folder: string, isPath: (key: string) => boolean): void {
  if (typeof table !== "object" || table === null) return;
  const values = table as Record<string, unknown>;
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === "string" && value !== "" && isPath(key)) values[key] = resolve(folder, value);
  }
}

function setDotted(raw: Record<string, unknown>, key: string, value: unknown): void {
  const parts = key.split(".");
  const last = parts.pop() as string;
  let section = raw;
  for (const part of parts) {
    if (typeof section[part] !== "object" || section[part] === null) section[part] = {};
    section = section[part] as Record<string, unknown>;
  }
  section[last] = value;
}
