/*
 * Arithmetic of weighted means on rows of flat arrays. Positional arguments, as these are the inner loops: an options
 * object a call would cost more than the work. Sums are doubles: each number is rounded once, and rounding every
 * addition to a float takes longer than the addition.
 */

/** sums += weight x row */
export function addRow(
  sums: Float64Array,
  weight: number,
  rows: Float32Array,
  from: number,
  width: number,
): void {
  for (let j = 0; j < width; j++) sums[j] = (sums[j] as number) + weight * (rows[from + j] as number);
}

/** The same row added at two places, each with its weight. */
export function addRowTwice(
  sums: Float64Array,
  weight: number,
  secondAt: number,
  secondWeight: number,
  rows: Float32Array,
  from: number,
  width: number,
): void {
  for (let j = 0; j < width; j++) {
    const value = rows[from + j] as number;
    sums[j] = (sums[j] as number) + weight * value;
    sums[secondAt + j] = (sums[secondAt + j] as number) + secondWeight * value;
  }
}

/** out[at..] = sums[from..] x factor */
export function writeScaled(
  out: Float32Array,
  at: number,
  sums: Float64Array,
  from: number,
  factor: number,
  width: number,
): void {
  for (let j = 0; j < width; j++) out[at + j] = (sums[from + j] as number) * factor;
}

/** out[at..] += factor x values[from..] */
export function addScaled(
  out: Float32Array,
  at: number,
  factor: number,
  values: Float32Array,
  from: number,
  width: number,
): void {
  for (let j = 0; j < width; j++)
    out[at + j] = (out[at + j] as number) + factor * (values[from + j] as number);
}

/**
 * What a mean's upstream gradient g does to a token x of weight w: dx = w * direction, dlog(w) = w * (direction . x - base).
 * A scratch: each mean begins it anew.
 */
export class Pull {
  readonly direction: Float64Array;
  base = 0;

  constructor(width: number) {
    this.direction = new Float64Array(width);
  }

  /** @param up gradient of the mean, which stands at the same place of `mean` @param total the sum of its weights */
  begin(up: Float32Array, mean: Float32Array, at: number, total: number): void {
    this.direction.fill(0);
    this.base = 0;
    this.add(up, mean, at, total);
  }

  /** The gradient of another mean that the same tokens have a part in. */
  add(up: Float32Array, mean: Float32Array, at: number, total: number): void {
    const { direction } = this;
    const share = 1 / total;
    let base = 0;
    for (let j = 0; j < direction.length; j++) {
      const g = (up[at + j] as number) * share;
      direction[j] = (direction[j] as number) + g;
      base += g * (mean[at + j] as number);
    }
    this.base += base;
  }
}

/** Adds dx of a token at `rows[from..]` to `gradient[from..]`, and returns dlog(w). */
export function pullRow(
  gradient: Float32Array,
  weight: number,
  { direction, base }: Pull,
  rows: Float32Array,
  from: number,
  width: number,
): number {
  let along = -base;
  for (let j = 0; j < width; j++) {
    const d = direction[j] as number;
    along += d * (rows[from + j] as number);
    gradient[from + j] = (gradient[from + j] as number) + weight * d;
  }
  return weight * along;
}

/** The same of a token that two means pull, in each of which it has a weight; w grows in both alike. */
export function pullRowTwice(
  gradient: Float32Array,
  weight: number,
  pull: Pull,
  secondWeight: number,
  second: Pull,
  rows: Float32Array,
  from: number,
  width: number,
): number {
  const { direction: one } = pull;
  const { direction: other } = second;
  let along = -(weight * pull.base + secondWeight * second.base);
  for (let j = 0; j < width; j++) {
    const d = weight * (one[j] as number) + secondWeight * (other[j] as number);
    along += d * (rows[from + j] as number);
    gradient[from + j] = (gradient[from + j] as number) + d;
  }
  return along;
}
