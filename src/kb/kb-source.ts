import { linkwrightError } from "../errors.js";
import { checkOptions } from "../known-options.js";
import type { Candidate, MatchKind } from "./candidate.js";
import type { InMemoryLookupKB } from "./in-memory-lookup-kb.js";
import { candidatesOf } from "./look-up.js";
import type { CandidateSource, TextCandidate } from "./text-candidate.js";

export interface KbSourceOptions {
  /** Candidates of a mention at most. @default 10 */
  readonly limit?: number | undefined;
}

const LIMIT = 10;
const TRIGRAM_ALIASES = 10;

/**
 * How much is left of an alias's prior where the mention is not quite the alias: what links by such detours are worth
 * less. Shares of the alias's likeness to the mention, which is 1 but for trigrams.
 */
const BELIEF: Readonly<Partial<Record<MatchKind, number>>> = {
  exact: 1,
  normalised: 0.95,
  plural: 0.9,
  partial: 0.3,
  trigram: 0.5,
};

/**
 * Candidates of a knowledge base, to be chosen among by reading: by the exact and the normalised alias together, else
 * singular, else by an alias of a word more, else by one of similar letters. Best prior first.
 *
 * const [zurich] = await kbSource(kb).candidates(["Zurich"]);
 * // => [{ id: "Q72", title: "Zürich", url: "", text: "city on a lake in Switzerland", prior: 0.95 }]
 *
 * Its `candidates` throws L220 for what is no text, and the signal's reason.
 * @throws L001
 */
export function kbSource(kb: InMemoryLookupKB, options: KbSourceOptions = {}): CandidateSource {
  checkOptions("kbSource", options, ["limit"]);
  const { limit = LIMIT } = options;
  return {
    candidates: async (mentions, { signal } = {}) => {
      signal?.throwIfAborted();
      return mentions.map((mention) => textCandidates(kb, mention).slice(0, limit));
    },
  };
}

function textCandidates(kb: InMemoryLookupKB, mention: string): TextCandidate[] {
  if (typeof mention !== "string")
    throw linkwrightError("L220", { found: JSON.stringify(mention) ?? "nothing" });
  const byId = new Map<string, TextCandidate>();
  const found = lookUps(kb, mention).map((candidate) => ({ candidate, prior: priorOf(candidate) }));
  for (const { candidate, prior } of found.sort((a, b) => b.prior - a.prior)) {
    const { name, description } = candidate.entityTexts;
    const id = candidate.entity_;
    if (!byId.has(id)) byId.set(id, { id, title: name || id, url: "", text: description, prior });
  }
  return [...byId.values()];
}

/** The candidates by the strictest ways that find any. */
function lookUps(kb: InMemoryLookupKB, mention: string): Candidate[] {
  const { aliases } = kb;
  const by = (rows: Iterable<number>, kind: MatchKind): Candidate[] =>
    candidatesOf(
      kb,
      Array.from(rows, (alias) => ({ alias, similarity: 1 })),
      kind,
    );
  const exact = aliases.exact(mention);
  const same = [...by(exact < 0 ? [] : [exact], "exact"), ...by(aliases.normalised(mention), "normalised")];
  if (same.length > 0) return same;
  const detours = [
    () => by(aliases.plural(mention), "plural"),
    () => by(aliases.partial(mention), "partial"),
    () => candidatesOf(kb, aliases.trigram(mention, TRIGRAM_ALIASES), "trigram"),
  ];
  for (const detour of detours) {
    const candidates = detour();
    if (candidates.length > 0) return candidates;
  }
  return [];
}

function priorOf({ priorProb, match, similarity }: Candidate): number {
  return priorProb * similarity * (BELIEF[match] ?? 1);
}
