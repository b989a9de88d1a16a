import { type Matrix, matrix } from "../../tensor/matrix.js";
import { zeros } from "../../tensor/pass-memory.js";

/** Rows of length 1 (nearly: those of length 0 stay there), and how long they were. */
export interface UnitRows {
  readonly units: Matrix;
  readonly lengths: Float32Array;
}

/** @param epsilon added to squared lengths, so that a row of zeros divides by something */
export function unitRows({ values, rows, width }: Matrix, epsilon: number): UnitRows {
  const units = matrix(rows, width);
  const lengths = zeros(rows);
  for (let row = 0; row < rows; row++) {
    const from = row * width;
    let square = epsilon;
    for (let i = from; i < from + width; i++) square += (values[i] as number) ** 2;
    const length = Math.sqrt(square);
    lengths[row] = length;
    for (let i = from; i < from + width; i++) units.values[i] = (values[i] as number) / length;
  }
  return { units, lengths };
}

/** Makes the gradient of the units that of the rows they were made of. */
export function unitRowsBackwardInPlace(
  gradient: Float32Array,
  { units: { values, rows, width }, lengths }: UnitRows,
): void {
  for (let row = 0; row < rows; row++) {
    const from = row * width;
    let along = 0;
    for (let i = from; i < from + width; i++) along += (gradient[i] as number) * (values[i] as number);
    for (let i = from; i < from + width; i++) {
      gradient[i] = ((gradient[i] as number) - along * (values[i] as number)) / (lengths[row] as number);
    }
  }
}

/** The dot product of a row of `a` and one of `b`. */
export function dotRows(a: Matrix, rowOfA: number, b: Matrix, rowOfB: number): number {
  let sum = 0;
  const [fromA, fromB] = [rowOfA * a.width, rowOfB * b.width];
  for (let j = 0; j < a.width; j++) sum += (a.values[fromA + j] as number) * (b.values[fromB + j] as number);
  return sum;
}
