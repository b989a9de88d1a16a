import { linkwrightError } from "../errors.js";
import { type Candidate, MATCH_KINDS } from "../kb/candidate.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Discount } from "../linker/candidates.js";
import type { CandidateSet } from "../model/mention.js";

interface SetOptions {
  readonly maxCandidates: number;
  readonly discount: Discount | undefined;
}

/** Candidates as columns, best prior first. @throws E147 a candidate that the knowledge base lacks */
export function candidateSet(
  candidates: readonly Candidate[],
  kb: InMemoryLookupKB,
  { maxCandidates, discount }: SetOptions,
): CandidateSet {
  const rows = new Map<number, { prior: number; frequency: number; candidate: Candidate }>();
  for (const candidate of candidates) {
    const { entity_, alias_, priorProb, entityFreq = 0 } = candidate;
    const entity = kb.entityIds.get(entity_);
    if (entity < 0) {
      refuseAnswer(`the candidate ${JSON.stringify(entity_)}`, "entities of its knowledge base");
    }
    if ((rows.get(entity)?.candidate.priorProb ?? -1) >= priorProb) continue;
    const prior = discount ? discount.prior(alias_, entity, priorProb, candidates.length) : priorProb;
    const frequency = discount ? discount.frequency(entity, entityFreq) : entityFreq;
    rows.set(entity, { prior, frequency, candidate });
  }
  const ranked = [...rows]
    .sort(([a, x], [b, y]) => y.prior - x.prior || y.frequency - x.frequency || a - b)
    .slice(0, maxCandidates);
  return {
    entities: Int32Array.from(ranked, ([entity]) => entity),
    priors: Float32Array.from(ranked, ([, { prior }]) => prior),
    frequencies: Float32Array.from(ranked, ([, { frequency }]) => frequency),
    matches: Uint8Array.from(ranked, ([, { candidate }]) => MATCH_KINDS.indexOf(candidate.match ?? "exact")),
    similarities: Float32Array.from(ranked, ([, { candidate }]) => candidate.similarity ?? 1),
  };
}

/** Refuses what a function that gives candidates answered. */
export function refuseAnswer(found: string, expected: string): never {
  throw linkwrightError("E147", { name: "entity_linker", method: "predict", found, expected });
}
