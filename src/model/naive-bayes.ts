/** Pseudo-contexts of every answer, in which each feature is as common as in the name's contexts altogether. */
const SMOOTHING = 1;
/** Farther than this from even no evidence leads: features of one context say partly the same. */
const FARTHEST = 4;

/** The features of one context, as {@link ContextQuery} finds them. */
export interface ContextFeatures {
  readonly shared: ArrayLike<number>;
  readonly sharedCount: number;
}

/** Counts which features some answers were seen with, and weighs what a set of features says for each; a scratch. */
export class NaiveBayes {
  private answers = 0;
  private contexts = 0;
  private contextsOf = new Float32Array(0);
  /** [features x answers] */
  private shared = new Float32Array(0);
  /** [features] */
  private sharedByAny = new Float32Array(0);

  /** Forgets what was counted; answers are numbers below `answers`, features below `features`. */
  reset(features: number, answers: number): void {
    this.answers = answers;
    this.contexts = 0;
    if (this.shared.length < features * answers) this.shared = new Float32Array(2 * features * answers);
    if (this.sharedByAny.length < features) this.sharedByAny = new Float32Array(2 * features);
    if (this.contextsOf.length < answers) this.contextsOf = new Float32Array(2 * answers);
    this.shared.fill(0, 0, features * answers);
    this.sharedByAny.fill(0, 0, features);
    this.contextsOf.fill(0, 0, answers);
  }

  /** One context of an answer, with the first `sharedCount` features of `shared`. */
  addContext(answer: number, { shared, sharedCount }: ContextFeatures): void {
    this.contexts++;
    this.contextsOf[answer] = (this.contextsOf[answer] as number) + 1;
    for (let i = 0; i < sharedCount; i++) {
      const feature = shared[i] as number;
      const at = feature * this.answers + answer;
      this.shared[at] = (this.shared[at] as number) + 1;
      this.sharedByAny[feature] = (this.sharedByAny[feature] as number) + 1;
    }
  }

  /**
   * Sum of log(P(feature | answer) / P(feature)) over the features from `from` to before `to` that any context has,
   * at most {@link FARTHEST} away from 0.
   */
  logRatio(answer: number, from: number, to: number): number {
    const own = this.contextsOf[answer] as number;
    if (own === 0) return 0;
    const ofNone = Math.log(SMOOTHING / (own + SMOOTHING));
    let sum = 0;
    for (let feature = from; feature < to; feature++) {
      const byAny = this.sharedByAny[feature] as number;
      if (byAny === 0) continue;
      const shared = this.shared[feature * this.answers + answer] as number;
      const expected = byAny / this.contexts;
      sum += shared === 0 ? ofNone : Math.log((shared / expected + SMOOTHING) / (own + SMOOTHING));
    }
    return Math.max(-FARTHEST, Math.min(FARTHEST, sum));
  }
}
