import type { Weights } from "../../tensor/weights.js";
import type { Gradients } from "../gradients.js";
import type { MiniBatch } from "../mini-batch.js";
import type { Pooled } from "./pooled.js";
import { addRowTwice, Pull, writeScaled } from "./weighted-mean.js";
import { EPSILON, makeTokens, type PoolingDropout, pushToken, type Tokens, type Words } from "./words.js";

/** Fall of the near means' weight, per token of distance. */
const NEAR_DECAY = 0.3;
/** Biases of a sentence's distance. */
export const SENTENCE_BIASES = 4;

/**
 * Means of the words around mentions: of all, of those near on the left and on the right, and of both near ones. Each word
 * weighs exp(salience + bias of its position + bias of its sentence's distance).
 */
export class ContextMeans {
  private readonly tokens: Tokens[] = [];
  private readonly decay: Float64Array;
  private readonly position: Float32Array;
  private readonly sentence: Float32Array;
  /** exp(bias of the position + bias of the sentence's distance), of the weights at hand. [2T x SENTENCE_BIASES] */
  private readonly placeWeights: Float64Array;
  /** Scratch: sums of all, near left and near right words. [3d] */
  private readonly sums: Float64Array;
  /** Scratch of the backward pass: all words, near left ones, near right ones. */
  private readonly pulls: readonly [all: Pull, left: Pull, right: Pull];

  constructor(
    weights: Weights,
    private readonly words: Words,
    /** Words on each side. */
    private readonly reach: number,
  ) {
    this.decay = Float64Array.from({ length: reach }, (_, i) => Math.exp(-NEAR_DECAY * i));
    this.position = weights.get("position")?.values as Float32Array;
    this.sentence = weights.get("sentence")?.values as Float32Array;
    this.placeWeights = new Float64Array(2 * reach * SENTENCE_BIASES);
    this.sums = new Float64Array(3 * words.width);
    this.pulls = [new Pull(words.width), new Pull(words.width), new Pull(words.width)];
  }

  /** Makes room for so many mentions, and reads the biases as they are now. */
  begin(mentions: number): void {
    while (this.tokens.length < mentions) this.tokens.push(makeTokens(2 * this.reach));
    for (let place = 0; place < this.placeWeights.length; place++) {
      const position = this.position[Math.floor(place / SENTENCE_BIASES)] as number;
      const sentence = this.sentence[place % SENTENCE_BIASES] as number;
      this.placeWeights[place] = Math.exp(position + sentence);
    }
  }

  /** Writes the means of mention `b` of the batch. */
  forward({ table, mentions }: MiniBatch, b: number, pooled: Pooled, dropout?: PoolingDropout): void {
    const { words, reach, decay, sums } = this;
    const { embeddings, width } = words;
    const tokens = this.tokens[b] as Tokens;
    const from = (mentions[b] as number) * 2 * reach;
    let total = 0;
    let left = 0;
    let right = 0;
    tokens.count = 0;
    sums.fill(0);
    for (let column = 0; column < 2 * reach; column++) {
      const row = table.context[from + column] as number;
      if (row === 0 || (dropout && dropout.random.next() < dropout.words)) continue;
      const place = column * SENTENCE_BIASES + (table.sentenceDistance[from + column] as number);
      const weight = words.weight(row) * (this.placeWeights[place] as number);
      const side = column < reach ? 0 : 1;
      const near = weight * (decay[column - side * reach] as number);
      pushToken(tokens, row, weight, column);
      total += weight;
      if (side === 0) left += near;
      else right += near;
      addRowTwice(sums, weight, (1 + side) * width, near, embeddings, row * width, width);
    }
    const at = b * 4 * width;
    writeScaled(pooled.context, at, sums, 0, 1 / (total + EPSILON), width);
    writeScaled(pooled.context, at + width, sums, width, 1 / (left + EPSILON), width);
    writeScaled(pooled.context, at + 2 * width, sums, 2 * width, 1 / (right + EPSILON), width);
    for (let j = width; j < 2 * width; j++) {
      sums[j] = (sums[j] as number) + (sums[j + width] as number);
    }
    writeScaled(pooled.near, b * width, sums, width, 1 / (left + right + EPSILON), width);
  }

  /** @param up gradients of what {@link forward} wrote into `pooled` for mention `b` */
  backward(
    { table, mentions }: MiniBatch,
    b: number,
    { up, pooled }: { readonly up: Pooled; readonly pooled: Pooled },
    gradients: Gradients,
  ): void {
    const { words, reach, decay } = this;
    const tokens = this.tokens[b] as Tokens;
    this.beginPulls(b, up, pooled, tokens);
    const [all, left, right] = this.pulls;
    const position = gradients.dense.get("position") as Float32Array;
    const sentence = gradients.dense.get("sentence") as Float32Array;
    const from = (mentions[b] as number) * 2 * reach;
    for (let i = 0; i < tokens.count; i++) {
      const row = tokens.rows[i] as number;
      const column = tokens.columns[i] as number;
      const isLeft = column < reach;
      const weight = tokens.weights[i] as number;
      const nearness = weight * (decay[isLeft ? column : column - reach] as number);
      const onLogWeight = words.pull(row, all, weight, gradients, isLeft ? left : right, nearness);
      position[column] = (position[column] as number) + onLogWeight;
      const distance = table.sentenceDistance[from + column] as number;
      sentence[distance] = (sentence[distance] as number) + onLogWeight;
    }
  }

  private beginPulls(b: number, up: Pooled, { context, near }: Pooled, tokens: Tokens): void {
    const { reach, decay } = this;
    const { width } = this.words;
    let total = 0;
    let left = 0;
    let right = 0;
    for (let i = 0; i < tokens.count; i++) {
      const column = tokens.columns[i] as number;
      const weight = tokens.weights[i] as number;
      total += weight;
      if (column < reach) left += weight * (decay[column] as number);
      else right += weight * (decay[column - reach] as number);
    }
    const at = b * 4 * width;
    const sums = [total, left, right];
    this.pulls.forEach((pull, part) => {
      pull.begin(up.context, context, at + part * width, (sums[part] as number) + EPSILON);
      if (part > 0) pull.add(up.near, near, b * width, left + right + EPSILON);
    });
  }
}
