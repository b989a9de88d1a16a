/** Why a mention was linked or not. */
export type Reason = "linked" | "discarded" | "no_candidates" | "below_threshold" | "kept";

/** What turns logits into calibrated decisions; fitted on dev. */
export interface Calibration {
  /** Logits are divided by it. */
  readonly temperature: number;
  /** Links less probable than this become NIL, 0 to 1. */
  readonly threshold: number;
}

/** One mention's verdict: the place of the chosen candidate, or -1 for NIL. */
export interface Verdict {
  readonly choice: number;
  /** Probability of the choice. */
  readonly score: number;
  readonly reason: Reason;
  /** Probability of each candidate; with NIL's they sum to 1. */
  readonly probabilities: Float32Array;
}

/** Softmax of one row of logits, the last of which is NIL's, at a temperature. */
export function probabilitiesOf(logits: Float32Array, temperature: number): Float32Array {
  let top = Number.NEGATIVE_INFINITY;
  for (const logit of logits) top = Math.max(top, logit);
  const values = logits.map((logit) => Math.exp((logit - top) / temperature));
  const sum = values.reduce((a, b) => a + b, 0);
  return values.map((value) => value / sum);
}

/** The verdict over candidates: the most probable one, unless NIL is more probable or the threshold higher. Ties go to the better prior. */
export function decide(probabilities: Float32Array, threshold: number): Verdict {
  const last = probabilities.length - 1;
  let choice = 0;
  for (let c = 1; c < last; c++) {
    if ((probabilities[c] as number) > (probabilities[choice] as number)) choice = c;
  }
  const score = probabilities[choice] as number;
  const nil = probabilities[last] as number;
  const candidates = probabilities.slice(0, last);
  if (score < threshold || nil > score) {
    return {
      choice: -1,
      score: Math.max(nil, 1 - score),
      reason: "below_threshold",
      probabilities: candidates,
    };
  }
  return { choice, score, reason: "linked", probabilities: candidates };
}

/** The verdict where there is nothing to choose from. */
export function withoutChoice(reason: "discarded" | "no_candidates"): Verdict {
  return { choice: -1, score: 1, reason, probabilities: new Float32Array(0) };
}
