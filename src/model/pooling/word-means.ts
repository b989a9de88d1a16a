import type { Gradients } from "../gradients.js";
import { addRow, Pull, writeScaled } from "./weighted-mean.js";
import { EPSILON, makeTokens, type PoolingDropout, pushToken, type Tokens, type Words } from "./words.js";

/** Means of lists of words, each weighing exp(salience): documents, and descriptions of entities. */
export class WordMeans {
  private readonly tokens: Tokens[] = [];
  private readonly sums: Float64Array;
  private readonly pull: Pull;

  constructor(
    private readonly words: Words,
    /** Words of a list, at most. */
    private readonly longest: number,
  ) {
    this.sums = new Float64Array(words.width);
    this.pull = new Pull(words.width);
  }

  /** Makes room for so many lists. */
  reserve(lists: number): void {
    while (this.tokens.length < lists) this.tokens.push(makeTokens(this.longest));
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
    const { words, sums } = this;
    const { embeddings, width } = words;
    const tokens = this.tokens[i] as Tokens;
    let total = 0;
    tokens.count = 0;
    sums.fill(0);
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k] as number;
      if (row === 0 || (dropout && dropout.random.next() < share)) continue;
      const weight = words.weight(row);
      pushToken(tokens, row, weight);
      total += weight;
      addRow(sums, weight, embeddings, row * width, width);
    }
    writeScaled(out, at, sums, 0, 1 / (total + EPSILON), width);
  }

  /** List `i` has the words of the one before it; its mean is the caller's to copy. */
  repeat(i: number): void {
    const [source, target] = [this.tokens[i - 1] as Tokens, this.tokens[i] as Tokens];
    target.rows.set(source.rows);
    target.weights.set(source.weights);
    target.count = source.count;
  }

  /** @param up gradient of the mean at `mean[at..]`, at the same place */
  backward(i: number, up: Float32Array, mean: Float32Array, at: number, gradients: Gradients): void {
    const { words, pull } = this;
    const { rows, weights, count } = this.tokens[i] as Tokens;
    let total = EPSILON;
    for (let k = 0; k < count; k++) total += weights[k] as number;
    pull.begin(up, mean, at, total);
    for (let k = 0; k < count; k++) {
      words.pull(rows[k] as number, pull, weights[k] as number, gradients);
    }
  }
}
