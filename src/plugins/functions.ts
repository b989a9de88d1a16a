import { linkwrightError } from "../errors.js";
import type { Candidate } from "../kb/candidate.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Awaitable, KnowledgeBase } from "../kb/knowledge-base.js";
import type { Config } from "../linker/config.js";
import type { Scorer } from "../scoring/scorer.js";
import type { Doc, Span } from "../text/doc.js";
import { type Factory, type Registry, registry } from "./registry.js";

/** A mention that candidates are asked for. */
export interface MentionQuery {
  readonly text: string;
  readonly span: Span;
  readonly doc: Doc;
}

/** Candidates of a mention, out of this very knowledge base. */
export type GetCandidates<KB extends KnowledgeBase = InMemoryLookupKB> = (
  kb: KB,
  mention: MentionQuery,
) => Awaitable<readonly Candidate[]>;
/** Candidates of each mention, in their order. */
export type GetCandidatesBatch<KB extends KnowledgeBase = InMemoryLookupKB> = (
  kb: KB,
  mentions: readonly MentionQuery[],
) => Awaitable<readonly (readonly Candidate[])[]>;
export type GenerateEmptyKb = (entityVectorLength: number) => KnowledgeBase;
export type KbLoader = () => Awaitable<KnowledgeBase>;

/** A registered function by its name, or with the arguments that it is made with, as a config file writes it. */
export type Named = string | { readonly [key: string]: unknown };

/** Functions of an entity linker, each by value or by its name in the registry. */
export interface FunctionSettings {
  /** @default linkwright's own: the aliases that the section `candidates` allows, document by document */
  // biome-ignore lint/suspicious/noExplicitAny: it gets the very knowledge base that it was written for
  readonly getCandidates?: Named | GetCandidates<any> | undefined;
  /** Asked in place of getCandidates where candidatesBatchSize is above 1. @default getCandidates for each mention */
  // biome-ignore lint/suspicious/noExplicitAny: it gets the very knowledge base that it was written for
  readonly getCandidatesBatch?: Named | GetCandidatesBatch<any> | undefined;
  /** @default "spacy.EmptyKB.v2" */
  readonly generateEmptyKb?: Named | GenerateEmptyKb | undefined;
  /** @default "spacy.entity_linker_scorer.v1" */
  readonly scorer?: Named | Scorer | undefined;
}

/** Those of a training: it loads its knowledge base too. */
export interface TrainingFunctions extends FunctionSettings {
  /** @default the folder at `paths.kb` */
  readonly kbLoader?: Named | KbLoader | undefined;
}

/** The functions that settings mean. */
export interface Functions {
  readonly kbLoader: KbLoader | undefined;
  readonly getCandidates: GetCandidates<KnowledgeBase> | undefined;
  readonly getCandidatesBatch: GetCandidatesBatch<KnowledgeBase> | undefined;
  readonly generateEmptyKb: GenerateEmptyKb | undefined;
  readonly scorer: Scorer | undefined;
}

/** The functions behind names; undefined where nothing is said. @throws E893 a name that is not registered */
export function resolveFunctions(settings: TrainingFunctions): Functions {
  const { kbLoader, getCandidates, getCandidatesBatch, generateEmptyKb, scorer } = settings;
  const { misc, scorers } = registry;
  return {
    kbLoader: named(misc, kbLoader),
    getCandidates: named(misc, getCandidates),
    getCandidatesBatch: named(misc, getCandidatesBatch),
    generateEmptyKb: named(misc, generateEmptyKb),
    scorer: named(scorers, scorer),
  };
}

function named<F extends (...args: never[]) => unknown>(
  known: Pick<Registry<Readonly<Record<string, Factory>>>, "name" | "get">,
  setting: Named | F | undefined,
): F | undefined {
  if (setting === undefined || typeof setting === "function") return setting as F | undefined;
  if (typeof setting === "string") return (known.get(setting) as () => F)();
  const { [`@${known.name}`]: name, ...args } = setting;
  return (known.get(String(name)) as (args: object) => F)(camelKeys(args));
}

/** Keys of files in code's spelling. */
function camelKeys(args: object): object {
  const camel = (key: string): string =>
    key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [camel(key), value]));
}

/** What stands in a file where there was a function by value. */
const BY_VALUE = "(function)";
const CONFIG_KEYS = {
  kbLoader: "kb_loader",
  getCandidates: "get_candidates",
  getCandidatesBatch: "get_candidates_batch",
  generateEmptyKb: "generate_empty_kb",
  scorer: "scorer",
} as const satisfies Record<keyof TrainingFunctions, keyof Config["functions"]>;
const SETTINGS = Object.keys(CONFIG_KEYS) as (keyof TrainingFunctions)[];

/** Those of some functions that no file can keep. */
export function byValue<F extends TrainingFunctions>(settings: F): Partial<F> {
  const functions = Object.entries(settings).filter(([, value]) => typeof value === "function");
  return Object.fromEntries(functions) as Partial<F>;
}

/** The names of functions, as a config keeps them. */
export function functionsToConfig(settings: TrainingFunctions): Config["functions"] {
  const named = SETTINGS.map((key): [string, unknown] => [CONFIG_KEYS[key], settings[key]]);
  const given = named.filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([key, value]) => [key, typeof value === "function" ? BY_VALUE : value]),
  );
}

/**
 * The functions that a config names.
 * @param own what wins over them
 * @throws L408 the config says that there was one by value, and there is none
 */
export function functionsOf(
  { functions }: Pick<Config, "functions">,
  own: TrainingFunctions = {},
): TrainingFunctions {
  const merged: Partial<Record<keyof TrainingFunctions, unknown>> = {};
  for (const key of SETTINGS) {
    const name = functions[CONFIG_KEYS[key]];
    if (own[key] !== undefined) merged[key] = own[key];
    else if (name === BY_VALUE) throw linkwrightError("L408", { setting: key });
    else if (name !== undefined) merged[key] = name;
  }
  return merged as TrainingFunctions;
}
