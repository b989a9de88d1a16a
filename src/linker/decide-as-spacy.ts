import { linkwrightError } from "../errors.js";
import type { Candidate } from "../kb/candidate.js";
import { cosineOf, spacyScore } from "../model/spacy-score.js";
import type { Reason } from "./decide.js";
import { LINKER_DEFAULTS, type LinkerOptions } from "./options.js";

/** The settings of spaCy's entity linker that its decisions depend on. */
export type SpacyDecisionOptions = Partial<
  Pick<LinkerOptions, "labelsDiscard" | "threshold" | "inclPrior" | "inclContext">
>;

/** A mention as spaCy's entity linker sees it when it decides. */
export interface SpacyMention {
  readonly label: string;
  /** In any order. */
  readonly candidates: readonly Pick<Candidate, "priorProb" | "entityVector">[];
  /** What a model makes of the mention's context. // [entityVectorLength] */
  readonly contextVector: ArrayLike<number>;
}

export interface SpacyDecision {
  /** Place of the chosen candidate, -1 for NIL. */
  readonly choice: number;
  readonly reason: Extract<Reason, "linked" | "discarded" | "no_candidates" | "below_threshold">;
  /** p + s - p s of each candidate, in their order; none where nothing was compared. */
  readonly scores: Float64Array;
}

/**
 * What spaCy's entity linker (https://spacy.io/api/entitylinker) decides over given vectors, in its order: label
 * discarded, no candidates, the only candidate where there is no threshold, else the highest score, unless it is below
 * the threshold. A score is p + s - p s, of the prior p and the cosine s; p is 0 with `inclPrior` off, s with
 * `inclContext` off. Ties go to the better prior, then to the earlier candidate; spaCy breaks them at random.
 *
 * decideAsSpacy({ label: "PERSON", candidates: kb.getAliasCandidates("Douglas"), contextVector }, { threshold: 0.5 });
 * // => { choice: 1, reason: "linked", scores: Float64Array [0.31, 0.84] }
 *
 * @throws E1043 threshold, E147 vectors of different lengths
 */
export function decideAsSpacy(
  { label, candidates, contextVector }: SpacyMention,
  options: SpacyDecisionOptions = {},
): SpacyDecision {
  const { labelsDiscard, threshold, inclPrior, inclContext } = { ...LINKER_DEFAULTS, ...options };
  if (threshold !== null && !(threshold >= 0 && threshold <= 1)) {
    throw linkwrightError("E1043", { found: String(threshold) });
  }
  const none = new Float64Array(0);
  if (labelsDiscard.includes(label)) return { choice: -1, reason: "discarded", scores: none };
  if (candidates.length === 0) return { choice: -1, reason: "no_candidates", scores: none };
  const scores = Float64Array.from(candidates, ({ priorProb, entityVector }) => {
    const similarity = inclContext ? similarityOf(contextVector, entityVector) : 0;
    return spacyScore(inclPrior ? priorProb : 0, similarity);
  });
  const choice = bestOf(scores, (place) => (candidates[place] as Candidate).priorProb);
  if (threshold === null || (scores[choice] as number) >= threshold)
    return { choice, reason: "linked", scores };
  return { choice: -1, reason: "below_threshold", scores };
}

function similarityOf(contextVector: ArrayLike<number>, entityVector: ArrayLike<number>): number {
  const [found, expected] = [entityVector.length, contextVector.length];
  if (found === expected) return cosineOf(contextVector, entityVector);
  throw linkwrightError("E147", {
    name: "entity_linker",
    method: "predict",
    found: `an entity vector of length ${found}`,
    expected: `${expected} as of the context vector`,
  });
}

/** The place of the highest score, among equal ones of the better prior, then the first. */
function bestOf(scores: Float64Array, prior: (place: number) => number): number {
  let best = 0;
  for (let place = 1; place < scores.length; place++) {
    const lead = (scores[place] as number) - (scores[best] as number);
    if (lead > 0 || (lead === 0 && prior(place) > prior(best))) best = place;
  }
  return best;
}
