/*
 * Arithmetic of weighted means on rows of flat arrays. Positional arguments, as these are the inner loops: an options
 * object a call would cost more than the work.
 */

/** What a mean's upstream gradient g does to a token x of weight w: dx = w * direction, dlog(w) = w * (direction . x - base). */
export class Pull {
  readonly direction: Float32Array;
  base = 0;

  constructor(
    private readonly width: number,
    up: Float32Array,
    upAt: number,
    mean: Float32Array,
    meanAt: number,
    total: number,
  ) {
    this.direction = new Float32Array(width);
    this.add(up, upAt, mean, meanAt, total);
  }

  add(up: Float32Array, upAt: number, mean: Float32Array, meanAt: number, total: number): this {
    for (let j = 0; j < this.width; j++) {
      const g = (up[upAt + j] as number) / total;
      this.direction[j] = (this.direction[j] as number) + g;
      this.base += g * (mean[meanAt + j] as number);
    }
    return this;
  }
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

/** The same values added at two places, each with its factor. */
export function addScaledTwice(
  out: Float32Array,
  at: number,
  factor: number,
  secondAt: number,
  secondFactor: number,
  values: Float32Array,
  from: number,
  width: number,
): void {
  for (let j = 0; j < width; j++) {
    const value = values[from + j] as number;
    out[at + j] = (out[at + j] as number) + factor * value;
    out[secondAt + j] = (out[secondAt + j] as number) + secondFactor * value;
  }
}

/** values[from..] *= factor */
export function scale(values: Float32Array, from: number, width: number, factor: number): void {
  for (let j = from; j < from + width; j++) values[j] = (values[j] as number) * factor;
}

/** a . b[from..] */
export function dot(a: Float32Array, b: Float32Array, from: number, width: number): number {
  let sum = 0;
  for (let j = 0; j < width; j++) sum += (a[j] as number) * (b[from + j] as number);
  return sum;
}
