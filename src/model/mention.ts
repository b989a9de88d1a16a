import type { Span } from "../text/doc.js";

/** The candidates of one mention, best prior first; parallel columns of one length. */
export interface CandidateSet {
  /** Rows of the knowledge base. */
  readonly entities: Int32Array;
  /** P(entity | alias), weighed down where the alias was not found as written. */
  readonly priors: Float32Array;
  /** How often the entity is meant at all, as the knowledge base counts it. */
  readonly frequencies: Float32Array;
  /** Index into MATCH_KINDS: how the candidate was found. */
  readonly matches: Uint8Array;
  /** Likeness of the mention and the alias that gave the candidate, in [0, 1]. */
  readonly similarities: Float32Array;
}

/** An entity span of a document with the candidates that were found for it. */
export interface Mention {
  readonly span: Span;
  readonly surface: string;
  /** The surface without case, accents, punctuation; equal keys are the same name. */
  readonly key: string;
  readonly candidates: CandidateSet;
}
