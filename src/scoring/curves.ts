const BINS = 10;
const NIL_STEPS = 20;

/** The best candidate of an annotated mention. */
export interface BestCandidate {
  /** Its calibrated probability, or another score; 0 where there is no candidate. */
  readonly score: number;
  readonly isRight: boolean;
  /** The mention is annotated as NIL. */
  readonly isNil: boolean;
}

/** Mentions whose best candidate's probability lies from `from` to before `to`. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  /** Mean probability of the best candidates, and the share of them that are right; 0 where there are none. */
  readonly confidence: number;
  readonly right: number;
}

/** How right the best candidates are that are about equally probable, in ten bins. */
export function reliability(best: readonly BestCandidate[]): ReliabilityBin[] {
  return Array.from({ length: BINS }, (_, bin) => {
    const own = best.filter(({ score }) => binOf(score) === bin);
    const n = Math.max(1, own.length);
    return {
      from: bin / BINS,
      to: (bin + 1) / BINS,
      n: own.length,
      confidence: own.reduce((sum, { score }) => sum + score, 0) / n,
      right: own.filter(({ isRight }) => isRight).length / n,
    };
  });
}

/** Scores beyond 0 and 1 count among the outermost. */
function binOf(score: number): number {
  return Math.max(0, Math.min(BINS - 1, Math.floor(score * BINS)));
}

/** Expected calibration error: mean distance of `confidence` and `right`, bins weighed by their size. */
export function calibrationError(bins: readonly ReliabilityBin[]): number {
  const all = bins.reduce((sum, { n }) => sum + n, 0);
  return (
    bins.reduce((sum, { n, confidence, right }) => sum + n * Math.abs(confidence - right), 0) /
    Math.max(1, all)
  );
}

/** Precision, recall and F of NIL if every best candidate below a threshold were NIL. */
export interface NilPoint {
  readonly threshold: number;
  readonly p: number;
  readonly r: number;
  readonly f: number;
}

/** NIL at thresholds from 0 to 1. Mentions without a candidate are NIL at each. */
export function nilCurve(best: readonly BestCandidate[]): NilPoint[] {
  const gold = best.filter(({ isNil }) => isNil).length;
  return Array.from({ length: NIL_STEPS + 1 }, (_, step) => {
    const threshold = step / NIL_STEPS;
    const nil = best.filter(({ score }) => score < threshold || score === 0);
    const found = nil.filter(({ isNil }) => isNil).length;
    const p = found / Math.max(1, nil.length);
    const r = found / Math.max(1, gold);
    return { threshold, p, r, f: p + r === 0 ? 0 : (2 * p * r) / (p + r) };
  });
}
