/** An entry of a knowledge base by its texts, for what chooses among candidates by reading. */
export interface TextCandidate {
  /** What a link to it is called: a Wikidata id, a page's title, an entity's id. */
  readonly id: string;
  readonly title: string;
  /** Where it can be read, `""` where nowhere. */
  readonly url: string;
  /** What it is, in a sentence or a few. */
  readonly text: string;
  /** P(entity | mention), 0 to 1, where the source knows one. */
  readonly prior?: number | undefined;
}

export interface CandidateRequest {
  /** Ends the requests under way. */
  readonly signal?: AbortSignal | undefined;
}

/** Where text candidates come from: a wiki, a knowledge base, a search engine of one's own. */
export interface CandidateSource {
  /** The candidates of each mention, best first, in the mentions' order; an empty list where there are none. */
  candidates(mentions: readonly string[], options?: CandidateRequest): Promise<TextCandidate[][]>;
}
