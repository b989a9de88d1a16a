/** What two texts are compared: a mention with the words around it, and a candidate's title and text. */
export interface Pair {
  readonly mention: string;
  readonly context: string;
  readonly title: string;
  readonly text: string;
  /** P(candidate | mention) before anything was read, 0 to 1, where it is known. */
  readonly prior?: number | undefined;
}

export interface ScoreRequest {
  readonly signal?: AbortSignal | undefined;
}

/** What a scorer's scores are: 0 to 1, -1 to 1, or any number. */
export type ScoreScale = "probability" | "cosine" | "logit";

/** Says how well a candidate's text fits a mention's context. */
export interface PairScorer {
  /** For people: "use-lite", "cross-encoder". */
  readonly name: string;
  /** What its scores are; the threshold is on the same scale. */
  readonly scale: ScoreScale;
  /** Scores below it are no link, unless the caller sets another. */
  readonly threshold: number;
  /** One score a pair, in the pairs' order, higher for a better fit. */
  score(pairs: readonly Pair[], options?: ScoreRequest): Promise<ArrayLike<number>>;
}

/** A candidate as one text to read. */
export function candidateText({ title, text }: Pick<Pair, "title" | "text">): string {
  return text === "" ? title : `${title}: ${text}`;
}
