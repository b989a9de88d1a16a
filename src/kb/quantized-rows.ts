/** Rows of numbers as int8, each with a scale of its own: row `i` is `codes[i * width ...] * scales[i]`. */
export interface QuantizedRows {
  /** // [rows, width] */
  readonly codes: Int8Array;
  /** // [rows] */
  readonly scales: Float32Array;
  readonly width: number;
}

const LARGEST = 127;

/** No rows at all. */
export const NO_ROWS: QuantizedRows = { codes: new Int8Array(0), scales: new Float32Array(0), width: 0 };

/** Rounds rows to 255 steps between minus and plus their largest number. // [rows, width] */
export function quantizeRows(values: Float32Array, width: number): QuantizedRows {
  const rows = width === 0 ? 0 : values.length / width;
  const codes = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const from = row * width;
    let largest = 0;
    for (let i = from; i < from + width; i++) largest = Math.max(largest, Math.abs(values[i] as number));
    const scale = Math.fround(largest / LARGEST);
    scales[row] = scale;
    if (scale === 0) continue; // too small to tell from zeros
    for (let i = from; i < from + width; i++) codes[i] = Math.round((values[i] as number) / scale);
  }
  return { codes, scales, width };
}

/** Writes some numbers of row `row` as they were, but for rounding, to `target`, from `at` on. */
export function restoreRow(
  { codes, scales, width }: QuantizedRows,
  row: number,
  target: Float32Array,
  at = 0,
): void {
  const scale = scales[row] as number;
  const from = row * width;
  for (let i = 0; i < width; i++) target[at + i] = (codes[from + i] as number) * scale;
}

/** All rows as they were, but for rounding. // [rows, width] */
export function restoreRows(rows: QuantizedRows): Float32Array {
  const values = new Float32Array(rows.codes.length);
  for (let row = 0; row < rows.scales.length; row++) restoreRow(rows, row, values, row * rows.width);
  return values;
}
