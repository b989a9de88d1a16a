/** Columns of numbers, row by row, and what each row is an example of. */
export interface Examples {
  /** // [rows, width] */
  readonly values: Float64Array;
  /** 1 or 0. // [rows] */
  readonly labels: Uint8Array;
  readonly width: number;
}

const MOST_STEPS = 25;
const CLOSE = 1e-6;
const LONGEST_STEP = 4;
/** A column that hardly ever differs must not get a weight that decides alone. */
const LEAST_DEVIATION = 0.1;

/**
 * Weights of a logistic regression, by Newton's method; the last is the intercept. The weights of columns as they would be
 * at mean 0 and deviation 1 are kept small.
 * @param ridge how small: the penalty on half their squared sum
 */
export function fitLogistic(examples: Examples, ridge = 1): Float64Array {
  const { width } = examples;
  const scaled = standardized(examples);
  const size = width + 1;
  const weights = new Float64Array(size);
  for (let step = 0; step < MOST_STEPS; step++) {
    const { gradient, hessian } = derivatives({ ...examples, values: scaled.values }, weights);
    for (let i = 0; i < width; i++) {
      gradient[i] = (gradient[i] as number) - ridge * (weights[i] as number);
      hessian[i * size + i] = (hessian[i * size + i] as number) + ridge;
    }
    hessian[size * size - 1] = (hessian[size * size - 1] as number) + 1e-9;
    const move = solve(hessian, gradient);
    const length = Math.hypot(...move);
    const share = Math.min(1, LONGEST_STEP / length);
    move.forEach((by, i) => {
      weights[i] = (weights[i] as number) + share * by;
    });
    if (length < CLOSE) break;
  }
  return unscaled(weights, scaled);
}

/** What the weights make of a row of values: the log-odds of 1. */
export function logOdds(weights: ArrayLike<number>, values: Float64Array, row: number): number {
  const width = weights.length - 1;
  let sum = weights[width] as number;
  for (let i = 0; i < width; i++) sum += (weights[i] as number) * (values[row * width + i] as number);
  return sum;
}

interface Standardized {
  readonly values: Float64Array;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

function standardized({ values, labels, width }: Examples): Standardized {
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  const rows = Math.max(1, labels.length);
  for (let i = 0; i < values.length; i++)
    mean[i % width] = (mean[i % width] as number) + (values[i] as number) / rows;
  for (let i = 0; i < values.length; i++) {
    const off = (values[i] as number) - (mean[i % width] as number);
    deviation[i % width] = (deviation[i % width] as number) + (off * off) / rows;
  }
  for (let i = 0; i < width; i++) deviation[i] = Math.max(LEAST_DEVIATION, Math.sqrt(deviation[i] as number));
  const scaled = values.map(
    (value, i) => (value - (mean[i % width] as number)) / (deviation[i % width] as number),
  );
  return { values: scaled, mean, deviation };
}

function unscaled(weights: Float64Array, { mean, deviation }: Standardized): Float64Array {
  const { length } = mean;
  const plain = weights.map((weight, i) => (i < length ? weight / (deviation[i] as number) : weight));
  for (let i = 0; i < length; i++) {
    plain[length] = (plain[length] as number) - (plain[i] as number) * (mean[i] as number);
  }
  return plain;
}

function derivatives({ values, labels, width }: Examples, weights: Float64Array) {
  const size = width + 1;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const row = new Float64Array(size).fill(1);
  for (let r = 0; r < labels.length; r++) {
    for (let i = 0; i < width; i++) row[i] = values[r * width + i] as number;
    const probability = 1 / (1 + Math.exp(-logOdds(weights, values, r)));
    const error = (labels[r] as number) - probability;
    const spread = probability * (1 - probability);
    for (let i = 0; i < size; i++) {
      const value = row[i] as number;
      const weighted = spread * value;
      gradient[i] = (gradient[i] as number) + error * value;
      for (let j = 0; j <= i; j++) {
        hessian[i * size + j] = (hessian[i * size + j] as number) + weighted * (row[j] as number);
      }
    }
  }
  return { gradient, hessian };
}

/** Solves a symmetric system, of whose matrix the lower half is read, by Cholesky's decomposition. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  const at = (i: number, j: number): number => matrix[i * n + j] as number;
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      matrix[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / at(j, j);
    }
  }
  const solved = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) solved[i] = (solved[i] as number) - at(i, k) * (solved[k] as number);
    solved[i] = (solved[i] as number) / at(i, i);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) solved[i] = (solved[i] as number) - at(k, i) * (solved[k] as number);
    solved[i] = (solved[i] as number) / at(i, i);
  }
  return solved;
}
