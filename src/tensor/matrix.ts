import { unset, zeros } from "./pass-memory.js";

/** Numbers in rows of one width, row after row. [rows x width] */
export interface Matrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly width: number;
}

/** A matrix of these values; without any of zeros that last as long as the pass. */
export function matrix(rows: number, width: number, values: Float32Array = zeros(rows * width)): Matrix {
  return { values, rows, width };
}

export function transpose({ values, rows, width }: Matrix): Matrix {
  const swapped = matrix(width, rows, unset(values.length));
  for (let row = 0; row < rows; row++) {
    for (let column = 0, from = row * width; column < width; column++) {
      swapped.values[column * rows + row] = values[from + column] as number;
    }
  }
  return swapped;
}

/** The rows of a matrix that `places` names, in that order. */
export function gatherRows({ values, width }: Matrix, places: Int32Array): Matrix {
  const gathered = matrix(places.length, width);
  for (let r = 0; r < places.length; r++) {
    copyTo(gathered.values, r * width, values, (places[r] as number) * width, width);
  }
  return gathered;
}

/** Adds to each row of `sums` the row that `places` names for it. */
export function addGathered(sums: Matrix, { values, width }: Matrix, places: Int32Array): void {
  for (let r = 0; r < places.length; r++) {
    const from = (places[r] as number) * width;
    const to = r * width;
    for (let j = 0; j < width; j++) {
      sums.values[to + j] = (sums.values[to + j] as number) + (values[from + j] as number);
    }
  }
}

/** Adds each row to the row of `sums` that `places` names: the gradient of {@link gatherRows} and {@link addGathered}. */
export function addToRows(sums: Matrix, places: Int32Array, { values, width }: Matrix): void {
  for (let r = 0; r < places.length; r++) {
    const to = (places[r] as number) * width;
    const from = r * width;
    for (let j = 0; j < width; j++) {
      sums.values[to + j] = (sums.values[to + j] as number) + (values[from + j] as number);
    }
  }
}

/** sums += values */
export function addTo(sums: Float32Array, values: Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (values[i] as number);
}

/** out[at..] = values[from..]: for a row's numbers a loop is quicker than a view of them. */
export function copyTo(
  out: Float32Array,
  at: number,
  values: Float32Array,
  from: number,
  width: number,
): void {
  for (let j = 0; j < width; j++) out[at + j] = values[from + j] as number;
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

/** A copy of which `mask` leaves out numbers; the matrix itself without one. */
export function masked(x: Matrix, mask: Float32Array | undefined): Matrix {
  if (!mask) return x;
  const copy = matrix(x.rows, x.width, x.values.slice());
  multiplyBy(copy.values, mask);
  return copy;
}

/** values *= factors, where there are any: the masks of dropout. */
export function multiplyBy(values: Float32Array, factors: Float32Array | undefined): void {
  if (!factors) return;
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * (factors[i] as number);
}
