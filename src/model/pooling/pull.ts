import { address } from "../../tensor/vectors/kernels.js";
import type { Gradients, SparseGradient } from "../gradients.js";
import type { WordLists } from "./word-lists.js";
import type { Words } from "./words.js";

/**
 * What a mean's upstream gradient g does to a word x of weight w: dx = w * direction, dlog(w) = w * (direction . x - base).
 * A scratch: each mean begins it anew.
 */
export class Pull {
  private readonly direction: Float32Array;
  private base = 0;
  /** direction . x of each word of the list that was pulled last. */
  private readonly along: Float32Array;

  constructor(
    private readonly words: Words,
    /** Words of a list, at most. */
    longest: number,
  ) {
    this.direction = words.memory.floats(words.width);
    this.along = words.memory.floats(longest);
  }

  /** @param up gradient of the mean, which stands at the same place of `mean` @param total the sum of its weights */
  begin(up: Float32Array, mean: Float32Array, at: number, total: number): void {
    this.direction.fill(0);
    this.base = 0;
    this.add(up, mean, at, total);
  }

  /** The gradient of another mean that the same words have a part in. */
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

  /** Adds the gradients of a list's embeddings. @param weights of its words in the mean, at the places of the list's own */
  pullWords(lists: WordLists, list: number, weights: Float32Array, { sparse }: Gradients): void {
    const { memory, embeddings, width } = this.words;
    const from = lists.start(list);
    memory.kernels.pullRows(
      address(embeddings),
      address((sparse.get("embeddings") as SparseGradient).values),
      width,
      address(lists.rows, from),
      address(weights, from),
      lists.counts[list] as number,
      address(this.direction),
      address(this.along),
    );
  }

  /** The gradient of the log of a weight: that of word `i` of the list that was pulled last. */
  onLogWeight(i: number, weight: number): number {
    return weight * ((this.along[i] as number) - this.base);
  }
}
