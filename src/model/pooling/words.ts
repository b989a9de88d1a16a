import type { Weights } from "../../tensor/weights.js";
import type { Gradients, SparseGradient } from "../gradients.js";
import type { Random } from "../random.js";
import { type Pull, pullRow, pullRowTwice } from "./weighted-mean.js";

/** Weights whose gradient touches few rows: they live in typed arrays alone. */
export const SPARSE_WEIGHTS: readonly string[] = ["embeddings", "salience"];

/** Added to a mean's sum of weights, so that a mean of nothing is 0. */
export const EPSILON = 1e-6;
const LOWEST_LOG_WEIGHT = -8;
const HIGHEST_LOG_WEIGHT = 3;

/** Tokens of one mean, with what the backward pass needs of them; a scratch of fixed length. */
export interface Tokens {
  count: number;
  /** Embedding rows and weights. */
  readonly rows: Int32Array;
  readonly weights: Float64Array;
  /** Column in the context, for positions. */
  readonly columns: Int32Array;
}

export interface PoolingDropout {
  readonly random: Random;
  /** Share of words left out of contexts and documents; half as many of descriptions. */
  readonly words: number;
}

export function makeTokens(length: number): Tokens {
  return {
    count: 0,
    rows: new Int32Array(length),
    weights: new Float64Array(length),
    columns: new Int32Array(length),
  };
}

export function pushToken(tokens: Tokens, row: number, weight: number, column = 0): void {
  const i = tokens.count++;
  tokens.rows[i] = row;
  tokens.weights[i] = weight;
  tokens.columns[i] = column;
}

/** The words of means: their embeddings, and how much each says. */
export class Words {
  readonly embeddings: Float32Array;
  private readonly salience: Float32Array;

  constructor(
    weights: Weights,
    /** Numbers of an embedding. */
    readonly width: number,
  ) {
    this.embeddings = weights.get("embeddings")?.values as Float32Array;
    this.salience = weights.get("salience")?.values as Float32Array;
  }

  weight(row: number): number {
    return Math.exp(Math.min(HIGHEST_LOG_WEIGHT, Math.max(LOWEST_LOG_WEIGHT, this.salience[row] as number)));
  }

  /** Adds the gradients of one token that a mean pulls, or two of them; returns that of its log weight. */
  pull(
    row: number,
    pull: Pull,
    weight: number,
    { sparse }: Gradients,
    second?: Pull,
    secondWeight = 0,
  ): number {
    const { width, embeddings } = this;
    const onEmbeddings = sparse.get("embeddings") as SparseGradient;
    const onSalience = sparse.get("salience") as SparseGradient;
    const from = row * width;
    onEmbeddings.touch(row);
    onSalience.touch(row);
    const { values } = onEmbeddings;
    const logWeight = second
      ? pullRowTwice(values, weight, pull, secondWeight, second, embeddings, from, width)
      : pullRow(values, weight, pull, embeddings, from, width);
    const salience = this.salience[row] as number;
    if (salience > LOWEST_LOG_WEIGHT && salience < HIGHEST_LOG_WEIGHT) {
      onSalience.values[row] = (onSalience.values[row] as number) + logWeight;
    }
    return logWeight;
  }
}
