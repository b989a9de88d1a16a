import { type Calibration, decide, probabilitiesOf } from "../linker/decide.js";
import { GOLD_NIL, NOT_ANNOTATED } from "./targets.js";

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

/** Fits the temperature by likelihood, then the threshold by accuracy. */
export function calibrate(judged: Judged): Calibration {
  const temperature = fitTemperature(judged);
  return { temperature, threshold: fitThreshold(judged, temperature) };
}

export function devScores({ logits, gold }: Judged, { temperature, threshold }: Calibration): DevScores {
  let right = 0;
  let all = 0;
  let rightAmbiguous = 0;
  let ambiguous = 0;
  gold.forEach((place, i) => {
    if (place === NOT_ANNOTATED) return;
    const row = logits[i];
    const choice = row ? decide(probabilitiesOf(row, temperature), threshold).choice : -1;
    const isRight = choice < 0 ? place === GOLD_NIL : choice === place;
    all++;
    if (isRight) right++;
    if (!row || row.length < 3 || place < 0) return;
    ambiguous++;
    if (isRight) rightAmbiguous++;
  });
  return { accuracy: right / Math.max(1, all), ambiguous: rightAmbiguous / Math.max(1, ambiguous) };
}

/** The temperature with the least negative log-likelihood, by golden-section search of its logarithm. */
function fitTemperature({ logits, gold }: Judged): number {
  const rows = logits.flatMap((row, i) =>
    row && (gold[i] as number) > NOT_ANNOTATED ? [{ row, place: gold[i] as number }] : [],
  );
  if (rows.length === 0) return 1;
  const loss = (logTemperature: number): number => {
    let sum = 0;
    for (const { row, place } of rows) {
      const p = probabilitiesOf(row, Math.exp(logTemperature))[place < 0 ? row.length - 1 : place] as number;
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

/** The lowest threshold among the best in accuracy. */
function fitThreshold({ logits, gold }: Judged, temperature: number): number {
  const tops = logits.flatMap((row, i) => {
    if (!row || gold[i] === NOT_ANNOTATED) return [];
    const { choice, score } = decide(probabilitiesOf(row, temperature), 0);
    return choice < 0 ? [] : [{ score, gain: choice === gold[i] ? -1 : gold[i] === GOLD_NIL ? 1 : 0 }];
  });
  tops.sort((a, b) => a.score - b.score);
  let gain = 0;
  let best = 0;
  let threshold = 0;
  for (const top of tops) {
    gain += top.gain;
    if (gain <= best) continue;
    best = gain;
    threshold = top.score + 1e-6;
  }
  return Math.min(1, threshold);
}
