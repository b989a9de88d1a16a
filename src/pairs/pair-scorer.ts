/** What two texts are compared: a mention with the words around it, and a candidate's title and text. */
export interface Pair {
  readonly mention: string;
  readonly context: string;
  readonly title: string;
  readonly text: string;
}

export interface ScoreRequest {
  readonly signal?: AbortSignal | undefined;
}

/** Says how well a candidate's text fits a mention's context. */
export interface PairScorer {
  /** For people: "use-lite", "cross-encoder". */
  readonly name: string;
  /** What its scores are; the threshold is on the same scale. */
  readonly scale: "probability" | "cosine" | "logit";
  /** Scores below it are no link, unless the caller sets another. */
  readonly threshold: number;
  /** One score a pair, in the pairs' order, higher for a better fit. */
  score(pairs: readonly Pair[], options?: ScoreRequest): Promise<ArrayLike<number>>;
}
