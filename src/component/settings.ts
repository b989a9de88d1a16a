import { linkwrightError } from "../errors.js";
import { type Config, checkConfig, linkerOptions } from "../linker/config.js";
import { type CandidateOptions, LINKER_DEFAULTS, type LinkerOptions } from "../linker/options.js";
import { MODEL_DEFAULTS, type ModelOptions } from "../model/options.js";
import type { FunctionSettings } from "../plugins/functions.js";
import { registry } from "../plugins/registry.js";
import type { Backend } from "../tensor/backend.js";

/** `max_epochs` -> `maxEpochs` */
type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

/** The config's section `[training]` in camelCase; learning rate, decay and clipping are what `createOptimizer` starts from. */
export type TrainingSettings = {
  readonly [Key in keyof Config["training"] as CamelCase<Key>]?: Config["training"][Key];
};

/** spaCy's settings of an entity linker. */
export interface SpacySettings
  extends Pick<
    LinkerOptions,
    | "labelsDiscard"
    | "nSents"
    | "inclPrior"
    | "inclContext"
    | "useGoldEnts"
    | "overwrite"
    | "candidatesBatchSize"
    | "threshold"
  > {
  /** Length of the vectors that the model gives the knowledge base's entities, or that it finds there. @default 64 */
  readonly entityVectorLength: number;
}

/** spaCy's defaults. */
export const ENTITY_LINKER_DEFAULTS: SpacySettings = {
  labelsDiscard: LINKER_DEFAULTS.labelsDiscard,
  nSents: LINKER_DEFAULTS.nSents,
  inclPrior: LINKER_DEFAULTS.inclPrior,
  inclContext: LINKER_DEFAULTS.inclContext,
  useGoldEnts: LINKER_DEFAULTS.useGoldEnts,
  overwrite: LINKER_DEFAULTS.overwrite,
  candidatesBatchSize: LINKER_DEFAULTS.candidatesBatchSize,
  threshold: LINKER_DEFAULTS.threshold,
  entityVectorLength: MODEL_DEFAULTS.entityVectorLength,
};

/** Settings of an entity linker that become its config. */
export interface ConfigSettings extends Partial<SpacySettings> {
  /** The model's shape, or the name of a registered one. @default MODEL_DEFAULTS */
  readonly model?: string | Partial<Omit<ModelOptions, "entityVectorLength">>;
  /** @default CANDIDATE_DEFAULTS */
  readonly candidates?: Partial<CandidateOptions>;
  /** @default as in configs/default.toml */
  readonly training?: TrainingSettings;
}

/** All that an entity linker can be made with. */
export interface EntityLinkerSettings extends ConfigSettings, FunctionSettings {
  /** Losses are counted under it. @default "entity_linker" */
  readonly name?: string;
  /** TF.js. @default what `training.backend` names is loaded when first needed */
  readonly backend?: Backend;
}

/** What a config says of files: a component was made in memory. */
const NO_FILE = "-";

/**
 * The config of some settings.
 * @throws E1043 threshold, E1044 candidatesBatchSize, E893 a model of no known name, L503 any other setting
 */
export function configOf({ model, candidates, training, ...spacy }: ConfigSettings): Config {
  const { entityVectorLength, threshold, ...linker } = { ...ENTITY_LINKER_DEFAULTS, ...defined(spacy) };
  if (threshold !== null && !(threshold >= 0 && threshold <= 1)) {
    throw linkwrightError("E1043", { found: String(threshold) });
  }
  const { candidatesBatchSize } = linker;
  if (!(Number.isInteger(candidatesBatchSize) && candidatesBatchSize >= 1)) {
    throw linkwrightError("E1044", { found: String(candidatesBatchSize) });
  }
  const raw = {
    paths: { kb: NO_FILE, train: NO_FILE, dev: NO_FILE },
    linker: snakeKeys({ ...linker, threshold: threshold ?? "auto" }),
    candidates: snakeKeys({ ...candidates }),
    model: snakeKeys({ ...shapeOf(model), entityVectorLength }),
    training: snakeKeys({ ...training }),
  };
  return checkConfig(raw, "the settings of the entity linker");
}

/** spaCy's settings out of a config. */
export function spacySettings(config: Config): SpacySettings {
  const { precision: _p, confidence: _c, setSize: _s, ...spacy } = linkerOptions(config);
  return { ...spacy, entityVectorLength: config.model.entity_vector_length };
}

function shapeOf(model: ConfigSettings["model"]): object {
  if (typeof model !== "string") return { ...model };
  return (registry.architectures.get(model) as () => object)();
}

function snakeKeys(section: object): Record<string, unknown> {
  const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(defined(section)).map(([key, value]) => [snake(key), value]));
}

function defined<T extends object>(settings: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]: Exclude<T[Key], undefined> };
}
