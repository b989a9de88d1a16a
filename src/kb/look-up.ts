import type { AliasIndex, SimilarAlias } from "./alias-index.js";
import { Candidate, type CandidateFields, type CandidateSource, type MatchKind } from "./candidate.js";

/** What a look-up reads of a knowledge base. */
export interface LookUpSource {
  readonly aliases: AliasIndex;
  readonly candidateEntities: Int32Array;
  readonly candidatePriors: Float32Array;
  candidateStart(alias: number): number;
  candidateEnd(alias: number): number;
  /** What candidates tell of the rows as they are now. */
  candidateSource(): CandidateSource;
}

/** From the strict to the lax; the first that finds candidates decides. */
const WAYS: readonly { kind: MatchKind; find: (aliases: AliasIndex, mention: string) => SimilarAlias[] }[] = [
  { kind: "exact", find: (aliases, mention) => alike([aliases.exact(mention)].filter((row) => row >= 0)) },
  { kind: "normalised", find: (aliases, mention) => alike(aliases.normalised(mention)) },
  { kind: "plural", find: (aliases, mention) => alike(aliases.plural(mention)) },
  { kind: "trigram", find: (aliases, mention) => aliases.trigram(mention) },
];

/** The aliases that a mention may be, best first: those that are it but for its form, else similarly spelled ones. */
export function aliasesOf(aliases: AliasIndex, mention: string): SimilarAlias[] {
  const exact = aliases.exact(mention);
  const same = new Set([...(exact < 0 ? [] : [exact]), ...aliases.normalised(mention)]);
  if (same.size > 0) return alike(same);
  const singular = aliases.plural(mention);
  return singular.length > 0 ? alike(singular) : aliases.trigram(mention);
}

/** The candidates of a mention by the strictest way that finds any, best prior first. */
export function lookUp(kb: LookUpSource, mention: string): Candidate[] {
  for (const { kind, find } of WAYS) {
    const candidates = candidatesOf(kb, find(kb.aliases, mention), kind);
    if (candidates.length > 0) return candidates;
  }
  return [];
}

/**
 * The candidates of aliases, best prior first, ties by similarity, then by entity row. An entity of several
 * aliases is there once, by the alias that makes it likeliest.
 */
export function candidatesOf(
  kb: LookUpSource,
  aliases: readonly SimilarAlias[],
  match: MatchKind,
): Candidate[] {
  const source = kb.candidateSource();
  const found: Candidate[] = [];
  for (const { alias, similarity } of aliases) {
    const end = kb.candidateEnd(alias);
    for (let i = kb.candidateStart(alias); i < end; i++) {
      const entity = kb.candidateEntities[i] as number;
      const priorProb = kb.candidatePriors[i] as number;
      found.push(new Candidate(source, { entity, alias, priorProb, match, similarity }));
    }
  }
  found.sort(compare);
  return aliases.length === 1 ? found : firstOfEach(found); // an alias has an entity once
}

function firstOfEach(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<number>();
  return candidates.filter(({ entity }) => !seen.has(entity) && seen.add(entity));
}

function compare(a: CandidateFields, b: CandidateFields): number {
  return b.priorProb - a.priorProb || b.similarity - a.similarity || a.entity - b.entity;
}

/** Aliases that are the mention but for its form. */
function alike(aliases: Iterable<number>): SimilarAlias[] {
  return Array.from(aliases, (alias) => ({ alias, similarity: 1 }));
}
