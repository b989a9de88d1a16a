import type { Weights } from "../../tensor/weights.js";
import type { Gradients } from "../gradients.js";
import type { MiniBatch } from "../mini-batch.js";
import type { Pooled } from "./pooled.js";
import { Pull } from "./pull.js";
import { WordLists } from "./word-lists.js";
import { EPSILON, type PoolingDropout, type Words } from "./words.js";
import { writeScaled } from "./write-scaled.js";

/** Fall of the near means' weight, per token of distance. */
export const NEAR_DECAY = 0.3;
/** Biases of a sentence's distance. */
export const SENTENCE_BIASES = 4;

const SIDES = [0, 1] as const; // left, right

/**
 * Means of the words around mentions: of all, of those near on the left and on the right, and of both near ones. Each word
 * weighs exp(salience + bias of its position + bias of its sentence's distance).
 */
export class ContextMeans {
  /** Two lists a mention: the words on its left, those on its right. */
  private readonly lists: WordLists;
  /** Weights in the near means, at the same places as those in the lists. */
  private near: Float32Array;
  /** Columns in the context, for positions. */
  private columns = new Int32Array(0);
  private readonly decay: Float64Array;
  private readonly position: Float32Array;
  private readonly sentence: Float32Array;
  /** exp(bias of the position + bias of the sentence's distance), of the weights at hand. [2T x SENTENCE_BIASES] */
  private readonly placeWeights: Float64Array;
  /** Scratch: sums of all, near left and near right words. [3d] */
  private readonly sums: Float32Array;
  /** Scratch of the backward pass: all words, near left ones, near right ones. */
  private readonly pulls: readonly [all: Pull, left: Pull, right: Pull];

  constructor(
    weights: Weights,
    private readonly words: Words,
    /** Words on each side. */
    private readonly reach: number,
  ) {
    const { memory, width } = words;
    this.lists = new WordLists(memory, reach);
    this.near = memory.floats(0);
    this.decay = Float64Array.from({ length: reach }, (_, i) => Math.exp(-NEAR_DECAY * i));
    this.position = weights.get("position")?.values as Float32Array;
    this.sentence = weights.get("sentence")?.values as Float32Array;
    this.placeWeights = new Float64Array(2 * reach * SENTENCE_BIASES);
    this.sums = memory.floats(3 * width);
    this.pulls = [new Pull(words, reach), new Pull(words, reach), new Pull(words, reach)];
  }

  /** Makes room for so many mentions, and reads the biases as they are now. */
  begin(mentions: number): void {
    this.lists.reserve(2 * mentions);
    const places = this.lists.rows.length;
    if (this.near.length < places) {
      this.near = this.words.memory.floats(places);
      this.columns = new Int32Array(places);
    }
    for (let place = 0; place < this.placeWeights.length; place++) {
      const position = this.position[Math.floor(place / SENTENCE_BIASES)] as number;
      const sentence = this.sentence[place % SENTENCE_BIASES] as number;
      this.placeWeights[place] = Math.exp(position + sentence);
    }
  }

  /** Writes the means of mention `b` of the batch. */
  forward(batch: MiniBatch, b: number, pooled: Pooled, dropout?: PoolingDropout): void {
    const { sums } = this;
    const { width } = this.words;
    sums.fill(0);
    for (const side of SIDES) {
      this.collect(batch, b, side, dropout);
      this.addSide(b, side);
    }
    const [total, left, right] = this.totals(b);
    const at = b * 4 * width;
    writeScaled(pooled.context, at, sums, 0, 1 / total, width);
    writeScaled(pooled.context, at + width, sums, width, 1 / left, width);
    writeScaled(pooled.context, at + 2 * width, sums, 2 * width, 1 / right, width);
    for (let j = width; j < 2 * width; j++) {
      sums[j] = (sums[j] as number) + (sums[j + width] as number);
    }
    writeScaled(pooled.near, b * width, sums, width, 1 / (left + right), width);
  }

  /** @param up gradients of what {@link forward} wrote into `pooled` for mention `b` */
  backward(
    batch: MiniBatch,
    b: number,
    { up, pooled }: { readonly up: Pooled; readonly pooled: Pooled },
    gradients: Gradients,
  ): void {
    this.beginPulls(b, up, pooled);
    for (const side of SIDES) this.pullSide(batch, b, side, gradients);
  }

  /** Lists the words of one side that count. */
  private collect({ table, mentions }: MiniBatch, b: number, side: 0 | 1, dropout?: PoolingDropout): void {
    const { words, lists, reach, decay, placeWeights } = this;
    const list = 2 * b + side;
    const from = (mentions[b] as number) * 2 * reach;
    lists.clear(list);
    for (let i = 0; i < reach; i++) {
      const column = side * reach + i;
      const row = table.context[from + column] as number;
      if (row === 0 || (dropout && dropout.random.next() < dropout.words)) continue;
      const place = column * SENTENCE_BIASES + (table.sentenceDistance[from + column] as number);
      const weight = words.weight(row) * (placeWeights[place] as number);
      const at = lists.push(list, row, weight);
      this.near[at] = weight * (decay[i] as number);
      this.columns[at] = column;
    }
  }

  /** Adds the words of one side to the sums. */
  private addSide(b: number, side: 0 | 1): void {
    const { words, lists, near, sums } = this;
    const list = 2 * b + side;
    words.addTo(sums, 0, lists, list, lists.weights);
    words.addTo(sums, (1 + side) * words.width, lists, list, near);
  }

  /** What the sums of all, near left and near right words are divided by. */
  private totals(b: number): [all: number, left: number, right: number] {
    const { lists, near } = this;
    const sums: [number, number, number] = [EPSILON, EPSILON, EPSILON];
    for (const side of SIDES) {
      const from = lists.start(2 * b + side);
      const end = from + (lists.counts[2 * b + side] as number);
      for (let at = from; at < end; at++) {
        sums[0] += lists.weights[at] as number;
        sums[1 + side] = (sums[1 + side] as number) + (near[at] as number);
      }
    }
    return sums;
  }

  private beginPulls(b: number, up: Pooled, { context, near }: Pooled): void {
    const { width } = this.words;
    const totals = this.totals(b);
    const at = b * 4 * width;
    this.pulls.forEach((pull, part) => {
      pull.begin(up.context, context, at + part * width, totals[part] as number);
      if (part > 0) pull.add(up.near, near, b * width, totals[1] + totals[2]);
    });
  }

  /** Adds the gradients of the words of one side. */
  private pullSide({ table, mentions }: MiniBatch, b: number, side: 0 | 1, gradients: Gradients): void {
    const { words, lists, near } = this;
    const all = this.pulls[0];
    const own = this.pulls[1 + side] as Pull;
    const list = 2 * b + side;
    const from = lists.start(list);
    const count = lists.counts[list] as number;
    all.pullWords(lists, list, lists.weights, gradients);
    own.pullWords(lists, list, near, gradients);
    const position = gradients.dense.get("position") as Float32Array;
    const sentence = gradients.dense.get("sentence") as Float32Array;
    const place = (mentions[b] as number) * 2 * this.reach;
    for (let i = 0; i < count; i++) {
      const at = from + i;
      const column = this.columns[at] as number;
      const onLogWeight =
        all.onLogWeight(i, lists.weights[at] as number) + own.onLogWeight(i, near[at] as number);
      words.addGradient(lists.rows[at] as number, onLogWeight, gradients);
      position[column] = (position[column] as number) + onLogWeight;
      const distance = table.sentenceDistance[place + column] as number;
      sentence[distance] = (sentence[distance] as number) + onLogWeight;
    }
  }
}
