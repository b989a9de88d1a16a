import type { Gradients } from "../gradients.js";
import { Pull } from "./pull.js";
import { WordLists } from "./word-lists.js";
import { EPSILON, type PoolingDropout, type Words } from "./words.js";
import { writeScaled } from "./write-scaled.js";

/** Means of lists of words, each weighing exp(salience): documents, and descriptions of entities. */
export class WordMeans {
  private readonly lists: WordLists;
  private readonly sums: Float32Array;
  private readonly pull: Pull;

  constructor(
    private readonly words: Words,
    /** Words of a list, at most. */
    longest: number,
  ) {
    const { memory, width } = words;
    this.lists = new WordLists(memory, longest);
    this.sums = memory.floats(width);
    this.pull = new Pull(words, longest);
  }

  /** Makes room for so many lists. */
  reserve(lists: number): void {
    this.lists.reserve(lists);
  }

  /**
   * Writes the mean of list `i` to `out[at..]`.
   * @param rows embedding rows; 0 is padding
   * @param share of the words that `dropout` leaves out
   */
  forward(
    i: number,
    rows: Int32Array,
    out: Float32Array,
    at: number,
    dropout: PoolingDropout | undefined,
    share: number,
  ): void {
    const { words, lists, sums } = this;
    let total = 0;
    lists.clear(i);
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k] as number;
      if (row === 0 || (dropout && dropout.random.next() < share)) continue;
      const weight = words.weight(row);
      lists.push(i, row, weight);
      total += weight;
    }
    sums.fill(0);
    words.addTo(sums, 0, lists, i, lists.weights);
    writeScaled(out, at, sums, 0, 1 / (total + EPSILON), words.width);
  }

  /** List `i` has the words of the one before it; its mean is the caller's to copy. */
  repeat(i: number): void {
    this.lists.copy(i - 1, i);
  }

  /** @param up gradient of the mean at `mean[at..]`, at the same place */
  backward(i: number, up: Float32Array, mean: Float32Array, at: number, gradients: Gradients): void {
    const { words, lists, pull } = this;
    const from = lists.start(i);
    const count = lists.counts[i] as number;
    let total = EPSILON;
    for (let k = from; k < from + count; k++) total += lists.weights[k] as number;
    pull.begin(up, mean, at, total);
    pull.pullWords(lists, i, lists.weights, gradients);
    for (let k = 0; k < count; k++) {
      const onLogWeight = pull.onLogWeight(k, lists.weights[from + k] as number);
      words.addGradient(lists.rows[from + k] as number, onLogWeight, gradients);
    }
  }
}
