/** Mean and standard deviation of a score over seeds. */
export interface Spread {
  readonly mean: number;
  readonly sd: number;
}

/** @param values at least one; the deviation is that of a sample, 0 for one value */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, sd: Math.sqrt(variance) };
}
