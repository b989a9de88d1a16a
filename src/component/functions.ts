import { linkwrightError } from "../errors.js";
import type { Candidate } from "../kb/candidate.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { LinkScores } from "../scoring/scorer.js";
import type { Doc, Example, Span } from "../text/doc.js";
import { type Registry, registry } from "./registry.js";

/** A mention that candidates are asked for. */
export interface MentionQuery {
  readonly text: string;
  readonly span: Span;
  readonly doc: Doc;
}

/** Candidates of a mention, out of this very knowledge base. */
export type GetCandidates = (kb: InMemoryLookupKB, mention: MentionQuery) => readonly Candidate[];
/** Candidates of each mention, in their order. */
export type GetCandidatesBatch = (
  kb: InMemoryLookupKB,
  mentions: readonly MentionQuery[],
) => readonly (readonly Candidate[])[];
export type GenerateEmptyKb = (entityVectorLength: number) => InMemoryLookupKB;
export type KbLoader = () => InMemoryLookupKB | Promise<InMemoryLookupKB>;
export type Scorer = (examples: Iterable<Example>) => LinkScores;

/** Functions of an entity linker, each by value or by its name in the registry. */
export interface FunctionSettings {
  /** @default linkwright's own: the aliases that the section `candidates` allows, document by document */
  readonly getCandidates?: string | GetCandidates;
  /** Asked in place of getCandidates where candidatesBatchSize is above 1. @default getCandidates for each mention */
  readonly getCandidatesBatch?: string | GetCandidatesBatch;
  /** @default "spacy.EmptyKB.v2" */
  readonly generateEmptyKb?: string | GenerateEmptyKb;
  /** @default "spacy.entity_linker_scorer.v1" */
  readonly scorer?: string | Scorer;
}

/** The functions that settings mean. */
export interface Functions {
  readonly getCandidates: GetCandidates | undefined;
  readonly getCandidatesBatch: GetCandidatesBatch | undefined;
  readonly generateEmptyKb: GenerateEmptyKb;
  readonly scorer: Scorer;
}

/** The functions behind names. @throws E893 a name that is not registered */
export function resolveFunctions({
  getCandidates,
  getCandidatesBatch,
  generateEmptyKb = "spacy.EmptyKB.v2",
  scorer = "spacy.entity_linker_scorer.v1",
}: FunctionSettings): Functions {
  const { misc, scorers } = registry;
  return {
    getCandidates: getCandidates === undefined ? undefined : named(misc, getCandidates),
    getCandidatesBatch: getCandidatesBatch === undefined ? undefined : named(misc, getCandidatesBatch),
    generateEmptyKb: named(misc, generateEmptyKb),
    scorer: named(scorers, scorer),
  };
}

function named<F>(
  known: Pick<Registry<Readonly<Record<string, (args: never) => unknown>>>, "get">,
  setting: string | F,
): F {
  return typeof setting === "string" ? (known.get(setting) as () => F)() : setting;
}

/** What stands in a saved component where there was a function by value. */
const BY_VALUE = "(function)";
const STORED_AS = {
  getCandidates: "get_candidates",
  getCandidatesBatch: "get_candidates_batch",
  generateEmptyKb: "generate_empty_kb",
  scorer: "scorer",
} as const satisfies Record<keyof FunctionSettings, string>;
const SETTINGS = Object.keys(STORED_AS) as (keyof FunctionSettings)[];

/** The names of a component's functions, as a file keeps them. */
export function namesOf(settings: FunctionSettings): Record<string, string> {
  const names = SETTINGS.map((key): [string, unknown] => [STORED_AS[key], settings[key]]);
  const given = names.filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [key, typeof value === "string" ? value : BY_VALUE]));
}

/**
 * What a component's functions are after it was read from a file: those by value stay, the others are the file's.
 * @throws L408 the file says that there was one by value, and the component has none
 */
export function withStoredNames(own: FunctionSettings, stored: unknown): FunctionSettings {
  if (typeof stored !== "object" || stored === null) return own; // written by `linkwright train`
  const names = stored as Readonly<Record<string, string>>;
  const merged: Record<string, unknown> = {};
  for (const key of SETTINGS) {
    const name = names[STORED_AS[key]];
    if (typeof own[key] === "function") merged[key] = own[key];
    else if (name === BY_VALUE) throw linkwrightError("L408", { setting: key });
    else if (name !== undefined) merged[key] = name;
  }
  return merged as FunctionSettings;
}
