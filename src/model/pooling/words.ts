import { address } from "../../tensor/vectors/kernels.js";
import { memoryOf, type VectorMemory } from "../../tensor/vectors/vector-memory.js";
import type { Weights } from "../../tensor/weights.js";
import type { Gradients, SparseGradient } from "../gradients.js";
import type { Random } from "../random.js";
import type { WordLists } from "./word-lists.js";

/** Weights whose gradient touches few rows. */
export const SPARSE_WEIGHTS: readonly string[] = ["embeddings", "salience"];

/** Added to a mean's sum of weights, so that a mean of nothing is 0. */
export const EPSILON = 1e-6;
export const LOWEST_LOG_WEIGHT = -8;
export const HIGHEST_LOG_WEIGHT = 3;

export interface PoolingDropout {
  readonly random: Random;
  /** Share of words left out of contexts and documents; half as many of descriptions. */
  readonly words: number;
}

/** The words of means: their embeddings, and how much each says. */
export class Words {
  readonly memory: VectorMemory;
  readonly embeddings: Float32Array;
  private readonly salience: Float32Array;

  constructor(
    weights: Weights,
    /** Numbers of an embedding. */
    readonly width: number,
  ) {
    this.memory = memoryOf(weights);
    this.embeddings = weights.get("embeddings")?.values as Float32Array;
    this.salience = weights.get("salience")?.values as Float32Array;
  }

  weight(row: number): number {
    return Math.exp(Math.min(HIGHEST_LOG_WEIGHT, Math.max(LOWEST_LOG_WEIGHT, this.salience[row] as number)));
  }

  /** Adds a list's embeddings to `sums[at..]`, each times its weight. @param weights at the places of the list's own */
  addTo(sums: Float32Array, at: number, lists: WordLists, list: number, weights: Float32Array): void {
    const from = lists.start(list);
    this.memory.kernels.addRows(
      address(this.embeddings),
      this.width,
      address(lists.rows, from),
      address(weights, from),
      lists.counts[list] as number,
      address(sums, at),
    );
  }

  /** Adds the gradient of a word's log weight, and notes that the word has one. */
  addGradient(row: number, onLogWeight: number, { sparse }: Gradients): void {
    const onSalience = sparse.get("salience") as SparseGradient;
    onSalience.touch(row);
    (sparse.get("embeddings") as SparseGradient).touch(row);
    const salience = this.salience[row] as number;
    if (salience > LOWEST_LOG_WEIGHT && salience < HIGHEST_LOG_WEIGHT) {
      onSalience.values[row] = (onSalience.values[row] as number) + onLogWeight;
    }
  }
}
