import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse, stringify, TomlError } from "smol-toml";
import { z } from "zod";
import { linkwrightError } from "../errors.js";
import { MATCH_KINDS, type MatchKind } from "../kb/candidate.js";
import { DETECTOR_NAMES, MENTION_DEFAULTS, type MentionOptions } from "../mentions/options.js";
import { FEATURE_GROUP_NAMES } from "../model/features/groups.js";
import { ARCHITECTURE_NAMES, MODEL_DEFAULTS, type ModelOptions } from "../model/options.js";
import { BACKEND_NAMES } from "../tensor/backend.js";
import { type Contradiction, contradictionWithCosine, withoutClassifier } from "./cosine-config.js";
import { LARGEST_SET } from "./guarantee.js";
import { CANDIDATE_DEFAULTS, type CandidateOptions, LINKER_DEFAULTS, type LinkerOptions } from "./options.js";

const width = z.int().min(1).max(4096);
const share = z.number().min(0).max(0.95);
/** Arguments of functions that are paths: `path`, `kb_path`. */
const PATH_ARGUMENT = /(^|_)path$/;
/** Values of `training.init` that are no folder. */
const NAMED_INITS = ["random", "base"];
/** A registered function by its name, or by its name in a table with the arguments that it is made with. */
const registered = <Registry extends string>(registry: Registry) =>
  z.union([z.string().min(1), z.looseObject({ [`@${registry}`]: z.string().min(1) })]).optional();
const detours = MATCH_KINDS.filter((kind) => kind !== "exact") as Exclude<MatchKind, "exact">[];

/** What a config file may say; every key is optional but the paths. */
const schema = z.strictObject({
  paths: z.strictObject({
    /** None where `functions.kb_loader` gives the knowledge base. */
    kb: z.string().min(1).optional(),
    train: z.string().min(1),
    dev: z.string().min(1),
  }),
  functions: z
    .strictObject({
      kb_loader: registered("misc"),
      get_candidates: registered("misc"),
      get_candidates_batch: registered("misc"),
      generate_empty_kb: registered("misc"),
      scorer: registered("scorers"),
    })
    .prefault({}),
  linker: z
    .strictObject({
      labels_discard: z.array(z.string()).default([...LINKER_DEFAULTS.labelsDiscard]),
      n_sents: z.int().min(0).max(1000).default(3),
      incl_prior: z.boolean().default(LINKER_DEFAULTS.inclPrior),
      incl_context: z.boolean().default(LINKER_DEFAULTS.inclContext),
      use_gold_ents: z.boolean().default(LINKER_DEFAULTS.useGoldEnts),
      overwrite: z.boolean().default(LINKER_DEFAULTS.overwrite),
      candidates_batch_size: z.int().min(1).default(LINKER_DEFAULTS.candidatesBatchSize),
      threshold: z.union([z.literal("auto"), z.number().min(0).max(1)]).default("auto"),
    })
    .prefault({}),
  decide: z
    .strictObject({
      precision: z.number().gt(0).lt(1).optional(),
      confidence: z.number().gt(0).lt(1).default(LINKER_DEFAULTS.confidence),
      set_size: z
        .union([z.literal(0), z.int().min(2).max(LARGEST_SET)])
        .default(LINKER_DEFAULTS.setSize as 0),
    })
    .prefault({}),
  candidates: z
    .strictObject({
      max_candidates: z.int().min(1).max(1000).default(CANDIDATE_DEFAULTS.maxCandidates),
      paths: z.array(z.enum(detours)).default([...CANDIDATE_DEFAULTS.paths]),
    })
    .prefault({}),
  mentions: z
    .strictObject({
      detector: z.enum(DETECTOR_NAMES).default(MENTION_DEFAULTS.detector),
      linkable_labels: z.array(z.string()).optional(),
      filter: z.boolean().default(true),
    })
    .prefault({}),
  model: z
    .strictObject({
      architecture: z.enum(ARCHITECTURE_NAMES).default(MODEL_DEFAULTS.architecture),
      context_width: width.default(MODEL_DEFAULTS.contextWidth),
      type_width: z.int().min(1).max(256).default(MODEL_DEFAULTS.typeWidth),
      entity_vector_length: width.default(MODEL_DEFAULTS.entityVectorLength),
      embedding_width: width.default(MODEL_DEFAULTS.embeddingWidth),
      hidden_width: width.default(MODEL_DEFAULTS.hiddenWidth),
      vocabulary_size: z.int().min(0).max(1_000_000).default(MODEL_DEFAULTS.vocabularySize),
      hash_buckets: z.int().min(1).max(1_000_000).default(MODEL_DEFAULTS.hashBuckets),
      context_tokens: z.int().min(1).max(512).default(MODEL_DEFAULTS.contextTokens),
      document_tokens: z.int().min(1).max(512).default(MODEL_DEFAULTS.documentTokens),
      description_tokens: z.int().min(1).max(254).default(MODEL_DEFAULTS.descriptionTokens),
      interactions: z.boolean().default(MODEL_DEFAULTS.interactions),
      skip: z.boolean().default(MODEL_DEFAULTS.skip),
      label_types: z.boolean().default(MODEL_DEFAULTS.labelTypes),
      nil_logit: z.boolean().default(MODEL_DEFAULTS.nilLogit),
      features: z.array(z.enum(FEATURE_GROUP_NAMES)).default([...MODEL_DEFAULTS.features]),
      relative_features: z.boolean().default(MODEL_DEFAULTS.relativeFeatures),
    })
    .prefault({}),
  training: z
    .strictObject({
      seed: z.int().default(1),
      init: z.string().min(1).default("random"),
      cache: z.string().min(1).optional(),
      workers: z.int().min(0).max(256).default(0),
      seeds: z.int().min(1).max(20).default(1),
      backend: z.enum(["auto", ...BACKEND_NAMES]).default("auto"),
      max_epochs: z.int().min(1).max(1000).default(4),
      patience: z.int().min(1).default(2),
      batch_size: z.int().min(1).max(65536).default(64),
      learning_rate: z.number().gt(0).max(1).default(2e-3),
      weight_decay: z.number().min(0).max(1).default(1e-3),
      clip_norm: z.number().gt(0).default(1),
      dropout: share.default(0.3),
      use_averages: z.boolean().default(false),
      word_dropout: share.default(0.2),
      leave_one_out: z.boolean().default(true),
      varied_priors: z.number().min(0).max(1).default(0),
    })
    .prefault({}),
});

/** A config with every key filled in; keys as in the file. */
export type Config = z.infer<typeof schema>;

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
    const contradiction = contradictionIn(result.data);
    if (contradiction) throw linkwrightError("L503", { where, ...contradiction });
    return result.data;
  }
  const [issue] = result.error.issues;
  throw linkwrightError("L503", { where, ...describe(issue as z.core.$ZodIssue) });
}

/** Settings that exclude each other. */
function contradictionIn(config: Config): Contradiction | undefined {
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

function describe(issue: z.core.$ZodIssue): { key: string; problem: string } {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    const key = [...path, issue.keys[0] as string].join(".");
    return { key, problem: `is unknown${suggestion(key)}` };
  }
  const missing = issue.code === "invalid_type" && /received undefined/.test(issue.message);
  return {
    key: path.join("."),
    problem: missing ? "is missing." : `${issue.message.replace(/^Invalid input: /, "")}.`,
  };
}

/** The known key or section that an unknown one most likely means. */
function suggestion(key: string): string {
  const known = Object.entries(schema.shape).flatMap(([section, fields]) => {
    const inner = fields instanceof z.ZodObject ? fields : (fields.unwrap() as z.ZodObject);
    return [section, ...Object.keys(inner.shape).map((name) => `${section}.${name}`)];
  });
  const last = key.split(".").at(-1) as string;
  const near =
    known.find((name) => name.endsWith(`.${last}`)) ?? known.find((name) => distance(name, key) <= 3);
  return near ? `; did you mean '${near}'?` : ". configs/default.toml lists every key.";
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, (previous[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    previous = row;
  }
  return previous[b.length] as number;
}
