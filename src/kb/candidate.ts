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

/** What a knowledge base says of an entity in words; "" for nothing. */
export interface EntityTexts {
  readonly name: string;
  readonly description: string;
  readonly type: string;
}

/** What a candidate asks of its knowledge base, by row. */
export interface CandidateSource {
  entityId(row: number): string;
  entityFreq(row: number): number;
  entityVector(row: number): Float32Array;
  entityTexts(row: number): EntityTexts;
  alias(row: number): string;
}

/** What a candidate of a knowledge base of your own is made of. */
export interface CandidateValues extends Partial<EntityTexts> {
  readonly entity_: string;
  readonly alias_: string;
  /** P(entity | alias), 0 to 1. */
  readonly priorProb: number;
  /** How often the entity is meant at all. @default 0 */
  readonly entityFreq?: number | undefined;
  /** @default none // [entityVectorLength] */
  readonly entityVector?: Float32Array | undefined;
  /** A number of your own that stands for the entity. @default -1 */
  readonly entity?: number | undefined;
  /** A number of your own that stands for the alias. @default -1 */
  readonly alias?: number | undefined;
  /** @default "exact" */
  readonly match?: MatchKind | undefined;
  /** Likeness of mention and alias, 0 to 1. @default 1 */
  readonly similarity?: number | undefined;
}

/**
 * An entity that a mention may mean. The first seven attributes are those of spaCy's Candidate, except that
 * `entity` and `alias` are rows in place of hashes. Id and alias stay what they are when the entity is removed.
 */
export class Candidate implements CandidateFields {
  readonly entity: number;
  readonly alias: number;
  readonly priorProb: number;
  readonly match: MatchKind;
  readonly similarity: number;

  constructor(
    private readonly source: CandidateSource,
    fields: CandidateFields,
  ) {
    this.entity = fields.entity;
    this.alias = fields.alias;
    this.priorProb = fields.priorProb;
    this.match = fields.match;
    this.similarity = fields.similarity;
  }

  /** A candidate of a knowledge base of your own, for its `getCandidates`. */
  static of({
    entity_,
    alias_,
    priorProb,
    entityFreq = 0,
    entityVector = new Float32Array(0),
    entity = -1,
    alias = -1,
    match = "exact",
    similarity = 1,
    name = entity_,
    description = "",
    type = "",
  }: CandidateValues): Candidate {
    const source: CandidateSource = {
      entityId: () => entity_,
      entityFreq: () => entityFreq,
      entityVector: () => entityVector,
      entityTexts: () => ({ name, description, type }),
      alias: () => alias_,
    };
    return new Candidate(source, { entity, alias, priorProb, match, similarity });
  }

  /** The entity's id. */
  get entity_(): string {
    return this.source.entityId(this.entity);
  }

  get entityFreq(): number {
    return this.source.entityFreq(this.entity);
  }

  /** A copy; zeros when the entity has none. // [entityVectorLength] */
  get entityVector(): Float32Array {
    return this.source.entityVector(this.entity);
  }

  /** What the model reads of the entity, which spaCy's has no room for. */
  get entityTexts(): EntityTexts {
    return this.source.entityTexts(this.entity);
  }

  /** The alias as the knowledge base writes it. */
  get alias_(): string {
    return this.source.alias(this.alias);
  }
}
