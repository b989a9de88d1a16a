/** The ways a candidate is found, from the strict to the lax. */
export const MATCH_KINDS = ["exact", "normalised", "plural", "longer_mention", "partial", "trigram"] as const;

/**
 * How a candidate was found: its alias is the mention as written; the same but for case, accents and
 * punctuation; the same in the singular; it belongs to a longer mention of the document; the alias is the
 * mention and one more word; it is spelled much like the mention.
 */
export type MatchKind = (typeof MATCH_KINDS)[number];

export interface CandidateFields {
  /** Entity row. */
  readonly entity: number;
  /** Alias row. */
  readonly alias: number;
  /** P(entity | alias), 0 to 1. */
  readonly priorProb: number;
  readonly match: MatchKind;
  /** Likeness of mention and alias, 0 to 1. */
  readonly similarity: number;
}

/** What a candidate needs of its knowledge base to tell more than rows. */
export interface CandidateSource {
  readonly entityIds: { at(row: number): string };
  readonly aliasStrings: { at(row: number): string };
  readonly freq: ArrayLike<number>;
  getVector(entity: string): Float32Array;
}

/**
 * An entity that a mention may mean. The first seven attributes are those of spaCy's Candidate, except that
 * `entity` and `alias` are rows in place of hashes.
 */
export class Candidate implements CandidateFields {
  readonly entity: number;
  readonly alias: number;
  readonly priorProb: number;
  readonly match: MatchKind;
  readonly similarity: number;

  constructor(
    private readonly kb: CandidateSource,
    fields: CandidateFields,
  ) {
    this.entity = fields.entity;
    this.alias = fields.alias;
    this.priorProb = fields.priorProb;
    this.match = fields.match;
    this.similarity = fields.similarity;
  }

  /** The entity's id. */
  get entity_(): string {
    return this.kb.entityIds.at(this.entity);
  }

  get entityFreq(): number {
    return this.kb.freq[this.entity] as number;
  }

  /** A copy; zeros when the entity has none. // [entityVectorLength] */
  get entityVector(): Float32Array {
    return this.kb.getVector(this.entity_);
  }

  /** The alias as the knowledge base writes it. */
  get alias_(): string {
    return this.kb.aliasStrings.at(this.alias);
  }
}
