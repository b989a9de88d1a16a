import {
  AS_IT_IS,
  bestCandidate,
  type Calibration,
  decide,
  linkAbove,
  logOdds,
  type Platt,
  prefersNil,
  probabilitiesOf,
  softmax,
} from "../linker/decide.js";
import { type Evidence, LARGEST_SET, NOT_KEPT } from "../linker/guarantee.js";
import { GOLD_NIL, isEvidence, NOT_ANNOTATED } from "./targets.js";

const NEWTON_STEPS = 20;
/** How far a threshold lies above the score that it cuts off. */
const MARGIN = 1e-6;
/** Strength of the pull to slope 1 and offset 0, in mentions' worth of evidence. */
const PLATT_PRIOR = 5;

/** Weight of ambiguous mentions beside all: they are what training is for. */
const AMBIGUOUS_SHARE = 0.1;
/** What sums of gains may be off by. */
const ROUNDING = 1e-12;

/** Logits of mentions (candidates, then NIL; undefined without candidates) with their golds. */
export interface Judged {
  readonly logits: readonly (Float32Array | undefined)[];
  readonly gold: Int32Array;
}

export interface DevScores {
  /** Share of annotated mentions that are right, NIL counted. */
  readonly accuracy: number;
  /** The same among mentions whose gold is one of two or more candidates. */
  readonly ambiguous: number;
}

/** What leaves the model's probabilities as they are. */
export const UNCALIBRATED: Calibration = {
  temperature: 1,
  single: AS_IT_IS,
  several: AS_IT_IS,
  threshold: 0,
};

/**
 * Fits the temperature by likelihood of candidates and NIL, then the best candidate's probability by likelihood of its
 * being right (Platt 1999), then the threshold by {@link goodness}.
 */
export function calibrate(judged: Judged): Calibration {
  const temperature = fitTemperature(judged);
  const single = fitPlatt(judged, temperature, (candidates) => candidates === 1);
  const several = fitPlatt(judged, temperature, (candidates) => candidates > 1);
  const scale = { temperature, single, several };
  return { ...scale, threshold: fitThreshold(judged, scale) };
}

/** How good an epoch or a threshold is on dev. */
export function goodness({ accuracy, ambiguous }: DevScores): number {
  return accuracy + AMBIGUOUS_SHARE * ambiguous;
}

export function devScores({ logits, gold }: Judged, calibration: Calibration): DevScores {
  let right = 0;
  let all = 0;
  let rightAmbiguous = 0;
  let ambiguous = 0;
  gold.forEach((place, i) => {
    if (place === NOT_ANNOTATED) return;
    const row = logits[i];
    const choice = row ? choiceOf(row, calibration) : -1;
    const isRight = choice < 0 ? place === GOLD_NIL : choice === place;
    all++;
    if (isRight) right++;
    if (!isAmbiguous(row, place)) return;
    ambiguous++;
    if (isRight) rightAmbiguous++;
  });
  return { accuracy: right / Math.max(1, all), ambiguous: rightAmbiguous / Math.max(1, ambiguous) };
}

/**
 * What a calibrated model said of annotated mentions that have candidates.
 * @param documents of each mention
 */
export function evidenceOf(
  { logits, gold }: Judged,
  documents: Int32Array,
  calibration: Calibration,
): Evidence {
  const judged = Array.from(gold.keys()).filter((i) => logits[i] && gold[i] !== NOT_ANNOTATED);
  const top = new Float32Array(judged.length * LARGEST_SET);
  const places = judged.map((i, at) => {
    const probabilities = probabilitiesOf(logits[i] as Float32Array, calibration);
    const ranked = Array.from(probabilities.keys()).slice(0, -1);
    ranked.sort((a, b) => (probabilities[b] as number) - (probabilities[a] as number) || a - b);
    const best = ranked.slice(0, LARGEST_SET);
    best.forEach((c, k) => {
      top[at * LARGEST_SET + k] = probabilities[c] as number;
    });
    const place = best.indexOf(gold[i] as number);
    return place < 0 ? NOT_KEPT : place;
  });
  return {
    documents: Int32Array.from(judged, (i) => documents[i] as number),
    nilWins: Uint8Array.from(judged, (i) => (prefersNil(logits[i] as Float32Array) ? 1 : 0)),
    top,
    gold: Uint8Array.from(places),
  };
}

/** The temperature with the least negative log-likelihood, by golden-section search of its logarithm. */
function fitTemperature({ logits, gold }: Judged): number {
  const rows = logits.flatMap((row, i) =>
    row && isEvidence(gold[i] as number) ? [{ row, place: gold[i] as number }] : [],
  );
  if (rows.length === 0) return 1;
  const loss = (logTemperature: number): number => {
    let sum = 0;
    for (const { row, place } of rows) {
      const p = softmax(row, Math.exp(logTemperature))[place < 0 ? row.length - 1 : place] as number;
      sum -= Math.log(Math.max(p, 1e-12));
    }
    return sum;
  };
  const ratio = (Math.sqrt(5) - 1) / 2;
  let low = Math.log(0.25);
  let high = Math.log(8);
  while (high - low > 1e-3) {
    const a = high - ratio * (high - low);
    const b = low + ratio * (high - low);
    if (loss(a) < loss(b)) high = b;
    else low = a;
  }
  return Math.exp((low + high) / 2);
}

/** Logistic regression of "the best candidate is right" on its log-odds, by Newton's method, drawn towards no change. */
function fitPlatt(
  { logits, gold }: Judged,
  temperature: number,
  takes: (candidates: number) => boolean,
): Platt {
  const points = logits.flatMap((row, i) => {
    if (!row || gold[i] === NOT_ANNOTATED || !takes(row.length - 1)) return [];
    const plain = softmax(row, temperature);
    const best = bestCandidate(plain);
    return [{ x: logOdds(plain[best] as number), y: gold[i] === best ? 1 : 0 }];
  });
  let current = AS_IT_IS;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const towards = newtonStep(points, current);
    let next = towards;
    // A full step overshoots where nearly all probabilities are 0 or 1.
    for (let share = 0.5; !(plattLoss(points, next) <= plattLoss(points, current)); share /= 2) {
      if (share < 1e-3) return current;
      next = between(current, towards, share);
    }
    current = next;
  }
  return current.slope > 0 ? current : AS_IT_IS;
}

interface Outcome {
  /** Log-odds of the best candidate. */
  readonly x: number;
  /** 1 when it is right. */
  readonly y: number;
}

function newtonStep(points: readonly Outcome[], { slope, offset }: Platt): Platt {
  let [gs, go] = [PLATT_PRIOR * (slope - 1), PLATT_PRIOR * offset];
  let [ss, so, oo] = [PLATT_PRIOR, 0, PLATT_PRIOR];
  for (const { x, y } of points) {
    const p = 1 / (1 + Math.exp(-(slope * x + offset)));
    const weight = p * (1 - p);
    gs += (p - y) * x;
    go += p - y;
    ss += weight * x * x;
    so += weight * x;
    oo += weight;
  }
  const determinant = ss * oo - so * so;
  return {
    slope: slope - (oo * gs - so * go) / determinant,
    offset: offset - (ss * go - so * gs) / determinant,
  };
}

/** Negative log-likelihood with the pull to no change. */
function plattLoss(points: readonly Outcome[], { slope, offset }: Platt): number {
  let sum = (PLATT_PRIOR / 2) * ((slope - 1) ** 2 + offset ** 2);
  for (const { x, y } of points) {
    const z = (2 * y - 1) * (slope * x + offset);
    sum += z > 0 ? Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z)) - z;
  }
  return sum;
}

function between(a: Platt, b: Platt, share: number): Platt {
  return { slope: a.slope + share * (b.slope - a.slope), offset: a.offset + share * (b.offset - a.offset) };
}

/** The lowest threshold among the best on dev, by the measure that chooses the epoch. */
function fitThreshold(judged: Judged, scale: Omit<Calibration, "threshold">): number {
  const { logits, gold } = judged;
  const annotated = gold.filter((place) => place !== NOT_ANNOTATED).length;
  const ambiguous = logits.filter((row, i) => isAmbiguous(row, gold[i] as number)).length;
  const tops = logits.flatMap((row, i) => {
    if (!row || gold[i] === NOT_ANNOTATED) return [];
    const { choice, score } = decide(probabilitiesOf(row, scale), linkAbove(0), prefersNil(row));
    if (choice < 0) return [];
    const place = gold[i] as number;
    const loss = 1 / annotated + (isAmbiguous(row, place) ? AMBIGUOUS_SHARE / ambiguous : 0);
    return [{ score, gain: choice === place ? -loss : place === GOLD_NIL ? 1 / annotated : 0 }];
  });
  tops.sort((a, b) => a.score - b.score);
  let gain = 0;
  let best = 0;
  let threshold = 0;
  tops.forEach((top, i) => {
    gain += top.gain;
    const next = tops[i + 1]?.score ?? Number.POSITIVE_INFINITY;
    if (gain <= best + ROUNDING || next < top.score + MARGIN) return; // equal scores fall together
    best = gain;
    threshold = top.score + MARGIN;
  });
  return Math.min(1, threshold);
}

function choiceOf(row: Float32Array, calibration: Calibration): number {
  return decide(probabilitiesOf(row, calibration), linkAbove(calibration.threshold), prefersNil(row)).choice;
}

function isAmbiguous(row: Float32Array | undefined, place: number): boolean {
  return row !== undefined && row.length > 2 && place >= 0;
}
