import { NEVER, sizeOfSet } from "./guarantee.js";

/** Why a mention was linked or not. */
export type Reason = "linked" | "one_of" | "discarded" | "no_candidates" | "below_threshold" | "kept";

/** A probability's log-odds x become slope x + offset. */
export interface Platt {
  readonly slope: number;
  readonly offset: number;
}

/** What turns logits into calibrated decisions; fitted on dev. */
export interface Calibration {
  /** Logits are divided by it. */
  readonly temperature: number;
  /** Corrects the best candidate's probability where it is the only one, */
  readonly single: Platt;
  /** and where there are others. */
  readonly several: Platt;
  /** Links less probable than this become NIL, 0 to 1. */
  readonly threshold: number;
}

/** Where linking begins. */
export interface Thresholds {
  /** For the best candidate's probability. */
  readonly link: number;
  /** For the summed probability of a set of candidates that is offered in place of a link, */
  readonly set: number;
  /** and the most candidates of such a set; 0 for no sets. */
  readonly setSize: number;
}

/** One mention's verdict: the place of the chosen candidate, or -1 for NIL. */
export interface Verdict {
  readonly choice: number;
  /**
   * Probability of the choice; of a set all its candidates'; for NIL that the best candidate is wrong, 1 where there was
   * none. Of scores that are no probabilities the highest.
   */
  readonly score: number;
  readonly reason: Reason;
  /** How many of the best candidates are offered as "one of these"; 0 for none. */
  readonly setSize: number;
  /** Probability of each candidate, with NIL's they sum to 1; or the scores that are no probabilities. */
  readonly probabilities: Float32Array;
}

/** What leaves probabilities as they are. */
export const AS_IT_IS: Platt = { slope: 1, offset: 0 };

/** Softmax of one row of logits, the last of which is NIL's, at a temperature. In doubles: near 1 floats run out. */
export function softmax(logits: Float32Array, temperature: number): number[] {
  let top = Number.NEGATIVE_INFINITY;
  for (const logit of logits) top = Math.max(top, logit);
  const values: number[] = [];
  let sum = 0;
  for (const logit of logits) {
    const value = Math.exp((logit - top) / temperature);
    values.push(value);
    sum += value;
  }
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / sum;
  return values;
}

/** The best candidate's place among probabilities, the last of which is NIL's. Ties go to the better prior. */
export function bestCandidate(probabilities: ArrayLike<number>): number {
  let best = 0;
  for (let c = 1; c < probabilities.length - 1; c++) {
    if ((probabilities[c] as number) > (probabilities[best] as number)) best = c;
  }
  return best;
}

/** Calibrated probabilities of one row of logits: the best candidate's is corrected, the others share what is left. */
export function probabilitiesOf(
  logits: Float32Array,
  calibration: Omit<Calibration, "threshold">,
): Float32Array {
  const plain = softmax(logits, calibration.temperature);
  const best = bestCandidate(plain);
  let others = 0;
  for (let i = 0; i < plain.length; i++) if (i !== best) others += plain[i] as number;
  const wanted = correct(
    plain[best] as number,
    plain.length === 2 ? calibration.single : calibration.several,
  );
  const q = Math.max(wanted, leastToStayBest(plain, best, others));
  const rest = others > 0 ? (1 - q) / others : 0;
  const corrected = new Float32Array(plain.length);
  for (let i = 0; i < plain.length; i++) corrected[i] = i === best ? q : (plain[i] as number) * rest;
  return corrected;
}

/** Farther from certainty than this no log-odds are taken. */
const SURE = 1e-6;

export function logOdds(p: number): number {
  const clipped = Math.min(1 - SURE, Math.max(SURE, p));
  return Math.log(clipped / (1 - clipped));
}

function correct(p: number, { slope, offset }: Platt): number {
  return 1 / (1 + Math.exp(-(slope * logOdds(p) + offset)));
}

/** The probability at which the best candidate is still ahead of the second, once that is rounded. */
function leastToStayBest(plain: readonly number[], best: number, others: number): number {
  let second = 0;
  for (let c = 0; c < plain.length - 1; c++) if (c !== best) second = Math.max(second, plain[c] as number);
  const ratio = others > 0 ? second / others : 0;
  return ratio / (1 + ratio) + SURE;
}

/** Whether the model itself prefers NIL to every candidate: calibration corrects the best candidate alone. */
export function prefersNil(logits: Float32Array): boolean {
  const last = logits.length - 1;
  return (logits[last] as number) > (logits[bestCandidate(logits)] as number);
}

/**
 * The verdict over candidates: the most probable one, unless the model prefers NIL or the threshold is higher; then, if
 * sets are wanted, the fewest candidates that together reach theirs. Ties go to the better prior.
 * @param nilWins by default whether NIL is the most probable
 */
export function decide(probabilities: Float32Array, thresholds: Thresholds, nilWins?: boolean): Verdict {
  const last = probabilities.length - 1;
  const choice = bestCandidate(probabilities);
  const score = probabilities[choice] as number;
  const candidates = probabilities.slice(0, last);
  if (score >= thresholds.link && !(nilWins ?? (probabilities[last] as number) > score)) {
    return { choice, score, reason: "linked", setSize: 0, probabilities: candidates };
  }
  const best = candidates.slice().sort((a, b) => b - a);
  const setSize = sizeOfSet(best, { threshold: thresholds.set, largest: thresholds.setSize });
  if (setSize > 0) {
    const together = best.subarray(0, setSize).reduce((sum, p) => sum + p, 0);
    return { choice: -1, score: together, reason: "one_of", setSize, probabilities: candidates };
  }
  return { choice: -1, score: 1 - score, reason: "below_threshold", setSize, probabilities: candidates };
}

/**
 * spaCy's verdict over scores p + s - p s: the candidate that has the highest, unless it is below the threshold. Without
 * one a single candidate needs no score. Ties go to the better prior.
 * @param scores of candidates, then a place for NIL's
 */
export function decideBySpacyScores(scores: Float32Array, threshold: number): Verdict {
  const choice = bestCandidate(scores);
  const score = scores[choice] as number;
  const rest = { score, setSize: 0, probabilities: scores.slice(0, -1) };
  return score >= threshold
    ? { choice, reason: "linked", ...rest }
    : { choice: -1, reason: "below_threshold", ...rest };
}

/** The verdict where there is nothing to choose from. */
export function withoutChoice(reason: "discarded" | "no_candidates"): Verdict {
  return { choice: -1, score: 1, reason, setSize: 0, probabilities: new Float32Array(0) };
}

/** Thresholds without sets. */
export const linkAbove = (link: number): Thresholds => ({ link, set: NEVER, setSize: 0 });
