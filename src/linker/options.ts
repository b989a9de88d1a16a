import type { MatchKind } from "../kb/candidate.js";

/** Settings of the entity linker, with spaCy's names and defaults. */
export interface LinkerOptions {
  /** Labels of mentions that are never linked. @default [] */
  readonly labelsDiscard: readonly string[];
  /** Sentences of context before and after the mention's own, in training and linking alike. @default 0 */
  readonly nSents: number;
  /** Whether prior probabilities and frequencies take part. @default true */
  readonly inclPrior: boolean;
  /** Whether the text around the mention takes part. @default true */
  readonly inclContext: boolean;
  /** Mentions in training and evaluation come from the annotation, not from a detector. @default true */
  readonly useGoldEnts: boolean;
  /** Whether links that a document already has are replaced. @default true */
  readonly overwrite: boolean;
  /** spaCy's setting for knowledge bases that are asked in batches; one in memory answers at once. @default 1 */
  readonly candidatesBatchSize: number;
  /**
   * Links less probable than this become NIL; null leaves it to the model. Of spaCy's scores those below it become NIL,
   * and null is no threshold. @default null
   */
  readonly threshold: number | null;
  /** Least share of right ones among links, above 0 and below 1; dev's evidence gives the threshold. @default null */
  readonly precision: number | null;
  /** Probability that dev's evidence leads to a threshold that keeps that precision. @default 0.9 */
  readonly confidence: number;
  /** Most candidates, 2 to 5, that are offered as "one of these" where a link is not sure enough; 0 for none. @default 0 */
  readonly setSize: number;
}

export const LINKER_DEFAULTS: LinkerOptions = {
  labelsDiscard: [],
  nSents: 0,
  inclPrior: true,
  inclContext: true,
  useGoldEnts: true,
  overwrite: true,
  candidatesBatchSize: 1,
  threshold: null,
  precision: null,
  confidence: 0.9,
  setSize: 0,
};

/** Where candidates come from, besides the exact alias. */
export interface CandidateOptions {
  /** Candidates kept of a mention, best prior first. @default 20 */
  readonly maxCandidates: number;
  /** Look-ups beside the exact one, see {@link findCandidates}. @default all */
  readonly paths: readonly Exclude<MatchKind, "exact">[];
}

export const CANDIDATE_DEFAULTS: CandidateOptions = {
  maxCandidates: 20,
  paths: ["normalised", "plural", "longer_mention", "partial", "trigram"],
};
