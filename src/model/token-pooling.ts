import type { Weights } from "../tensor/weights.js";
import type { DescriptionRows } from "./description-rows.js";
import type { Gradients, SparseGradient } from "./gradients.js";
import type { MiniBatch } from "./mini-batch.js";
import type { ModelOptions } from "./options.js";
import type { Random } from "./random.js";
import { addRow, addRowTwice, Pull, pullRow, pullRowTwice, writeScaled } from "./weighted-mean.js";

/*
 * Weighted means of word embeddings, forward and backward in typed arrays. Each token weighs
 * exp(salience of the word + bias of its position + bias of its sentence's distance). Gathering thousands of
 * rows is what TF.js is slowest at (its gradient is a scatter), so it only gets the means.
 */

const EPSILON = 1e-6;
/** Fall of the near means' weight, per token of distance. */
const NEAR_DECAY = 0.3;
const LOWEST_LOG_WEIGHT = -8;
const HIGHEST_LOG_WEIGHT = 3;
const SENTENCE_BIASES = 4;

/** Weights whose gradient touches few rows: they live in typed arrays alone. */
export const SPARSE_WEIGHTS: readonly string[] = ["embeddings", "salience"];

/** Means of one batch; d is the embedding width. */
export interface Pooled {
  /** All context, near left, near right, document. [B x 4d] */
  readonly context: Float32Array;
  /** Near context of both sides. [B x d] */
  readonly near: Float32Array;
  /** Name and description of each entity. [U x d] */
  readonly descriptions: Float32Array;
}

/** Tokens of one mean, with what the backward pass needs of them. */
interface Tokens {
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

export class TokenPooling {
  private readonly width: number;
  private readonly contextTokens: number;
  private readonly decay: Float64Array;
  private readonly embeddings: Float32Array;
  private readonly salience: Float32Array;
  private readonly position: Float32Array;
  private readonly sentence: Float32Array;
  private contexts: Tokens[] = [];
  private documents: Tokens[] = [];
  private descriptions: Tokens[] = [];
  private batch: MiniBatch | undefined;
  private pooled: Pooled | undefined;
  /** exp(bias of the position + bias of the sentence's distance), of the weights at hand. [2T x SENTENCE_BIASES] */
  private readonly placeWeights: Float64Array;
  /** Scratch: sums of all, near left and near right words. [3d] */
  private readonly sums: Float64Array;

  constructor(
    weights: Weights,
    private readonly options: ModelOptions,
    private readonly descriptionRows: DescriptionRows,
  ) {
    const values = (name: string): Float32Array => weights.get(name)?.values as Float32Array;
    this.width = options.embeddingWidth;
    this.contextTokens = options.contextTokens;
    this.decay = Float64Array.from({ length: options.contextTokens }, (_, i) => Math.exp(-NEAR_DECAY * i));
    this.embeddings = values("embeddings");
    this.salience = values("salience");
    this.position = values("position");
    this.sentence = values("sentence");
    this.sums = new Float64Array(3 * this.width);
    this.placeWeights = new Float64Array(2 * options.contextTokens * SENTENCE_BIASES);
  }

  forward(batch: MiniBatch, dropout?: PoolingDropout): Pooled {
    const { width } = this;
    const mentions = batch.mentions.length;
    const pooled = {
      context: new Float32Array(mentions * 4 * width),
      near: new Float32Array(mentions * width),
      descriptions: new Float32Array(batch.entities.length * width),
    };
    this.reserve(mentions, batch.entities.length);
    this.weighPlaces();
    for (let b = 0; b < mentions; b++) {
      this.poolContext(batch, b, pooled, dropout);
      if (!dropout && isOfSameDocument(batch, b)) this.copyDocument(b - 1, b, pooled);
      else this.poolDocument(batch, b, pooled, dropout);
    }
    for (let u = 0; u < batch.entities.length; u++) this.poolDescription(batch, u, pooled, dropout);
    this.batch = batch;
    this.pooled = pooled;
    return pooled;
  }

  /** Adds the gradients of the last forward pass's words, positions and sentences to `gradients`. */
  backward(upstream: Pooled, gradients: Gradients): void {
    const batch = this.batch as MiniBatch;
    for (let b = 0; b < batch.mentions.length; b++) {
      this.contextBackward(b, upstream, gradients);
      this.documentBackward(b, upstream, gradients);
    }
    for (let u = 0; u < batch.entities.length; u++) this.descriptionBackward(u, upstream, gradients);
  }

  private reserve(mentions: number, entities: number): void {
    const { documentTokens, descriptionTokens } = this.options;
    while (this.contexts.length < mentions) this.contexts.push(makeTokens(2 * this.contextTokens));
    while (this.documents.length < mentions) this.documents.push(makeTokens(documentTokens));
    while (this.descriptions.length < entities) this.descriptions.push(makeTokens(descriptionTokens));
  }

  private weighPlaces(): void {
    for (let place = 0; place < this.placeWeights.length; place++) {
      const position = this.position[Math.floor(place / SENTENCE_BIASES)] as number;
      const sentence = this.sentence[place % SENTENCE_BIASES] as number;
      this.placeWeights[place] = Math.exp(position + sentence);
    }
  }

  private wordWeight(row: number): number {
    return Math.exp(Math.min(HIGHEST_LOG_WEIGHT, Math.max(LOWEST_LOG_WEIGHT, this.salience[row] as number)));
  }

  private poolContext(
    { table, mentions }: MiniBatch,
    b: number,
    pooled: Pooled,
    dropout?: PoolingDropout,
  ): void {
    const { width, contextTokens, decay, embeddings, sums } = this;
    const tokens = this.contexts[b] as Tokens;
    const from = (mentions[b] as number) * 2 * contextTokens;
    const all = b * 4 * width;
    let allWeight = 0;
    let left = 0;
    let right = 0;
    tokens.count = 0;
    sums.fill(0);
    for (let column = 0; column < 2 * contextTokens; column++) {
      const row = table.context[from + column] as number;
      if (row === 0 || (dropout && dropout.random.next() < dropout.words)) continue;
      const sentence = table.sentenceDistance[from + column] as number;
      const place = column * SENTENCE_BIASES + sentence;
      const weight = this.wordWeight(row) * (this.placeWeights[place] as number);
      const side = column < contextTokens ? 0 : 1;
      const near = weight * (decay[column - side * contextTokens] as number);
      push(tokens, row, weight, column);
      allWeight += weight;
      if (side === 0) left += near;
      else right += near;
      addRowTwice(sums, weight, (1 + side) * width, near, embeddings, row * width, width);
    }
    writeScaled(pooled.context, all, sums, 0, 1 / (allWeight + EPSILON), width);
    writeScaled(pooled.context, all + width, sums, width, 1 / (left + EPSILON), width);
    writeScaled(pooled.context, all + 2 * width, sums, 2 * width, 1 / (right + EPSILON), width);
    for (let j = width; j < 2 * width; j++) {
      sums[j] = (sums[j] as number) + (sums[j + width] as number);
    }
    writeScaled(pooled.near, b * width, sums, width, 1 / (left + right + EPSILON), width);
  }

  private poolDocument(
    { table, mentions }: MiniBatch,
    b: number,
    pooled: Pooled,
    dropout?: PoolingDropout,
  ): void {
    const { documentTokens } = this.options;
    const from = (table.documents[mentions[b] as number] as number) * documentTokens;
    const rows = table.documentRows.subarray(from, from + documentTokens);
    const at = (b * 4 + 3) * this.width;
    this.poolWords(this.documents[b] as Tokens, rows, pooled.context, at, dropout, dropout?.words);
  }

  /** Without dropout all mentions of a document have the same mean. */
  private copyDocument(from: number, to: number, { context }: Pooled): void {
    const { width } = this;
    const start = (from * 4 + 3) * width;
    context.copyWithin((to * 4 + 3) * width, start, start + width);
    const [source, target] = [this.documents[from] as Tokens, this.documents[to] as Tokens];
    target.rows.set(source.rows);
    target.weights.set(source.weights);
    target.count = source.count;
  }

  private poolDescription(
    { entities }: MiniBatch,
    u: number,
    pooled: Pooled,
    dropout?: PoolingDropout,
  ): void {
    const rows = this.descriptionRows.of(entities[u] as number);
    const share = dropout && dropout.words / 2;
    this.poolWords(this.descriptions[u] as Tokens, rows, pooled.descriptions, u * this.width, dropout, share);
  }

  private poolWords(
    tokens: Tokens,
    rows: Int32Array,
    out: Float32Array,
    at: number,
    dropout: PoolingDropout | undefined,
    share = 0,
  ): void {
    const { width, embeddings, sums } = this;
    let total = 0;
    tokens.count = 0;
    sums.fill(0, 0, width);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      if (row === 0 || (dropout && dropout.random.next() < share)) continue;
      const weight = this.wordWeight(row);
      push(tokens, row, weight, 0);
      total += weight;
      addRow(sums, weight, embeddings, row * width, width);
    }
    writeScaled(out, at, sums, 0, 1 / (total + EPSILON), width);
  }

  private contextBackward(b: number, upstream: Pooled, gradients: Gradients): void {
    const { width, contextTokens, decay } = this;
    const { context, near } = this.pooled as Pooled;
    const tokens = this.contexts[b] as Tokens;
    const all = b * 4 * width;
    const weights = this.contextWeights(tokens);
    const nearWeight = weights[1] + weights[2] - EPSILON;
    const allPull = new Pull(width, upstream.context, all, context, all, weights[0]);
    const sides = [1, 2].map((part) => {
      const at = all + part * width;
      const pull = new Pull(width, upstream.context, at, context, at, weights[part as 1 | 2]);
      return pull.add(upstream.near, b * width, near, b * width, nearWeight);
    });
    const position = gradients.dense.get("position") as Float32Array;
    const sentence = gradients.dense.get("sentence") as Float32Array;
    const distances = (this.batch as MiniBatch).table.sentenceDistance;
    const from = ((this.batch as MiniBatch).mentions[b] as number) * 2 * contextTokens;
    for (let i = 0; i < tokens.count; i++) {
      const column = tokens.columns[i] as number;
      const side = column < contextTokens ? 0 : 1;
      const weight = tokens.weights[i] as number;
      const nearness = weight * (decay[column - side * contextTokens] as number);
      const logWeight = this.pullToken(
        tokens.rows[i] as number,
        allPull,
        weight,
        gradients,
        sides[side],
        nearness,
      );
      position[column] = (position[column] as number) + logWeight;
      const distance = distances[from + column] as number;
      sentence[distance] = (sentence[distance] as number) + logWeight;
    }
  }

  /** Sums of weights with their epsilon: all, near left, near right. */
  private contextWeights(tokens: Tokens): [number, number, number] {
    const sums: [number, number, number] = [EPSILON, EPSILON, EPSILON];
    for (let i = 0; i < tokens.count; i++) {
      const column = tokens.columns[i] as number;
      const side = column < this.contextTokens ? 0 : 1;
      const weight = tokens.weights[i] as number;
      sums[0] += weight;
      sums[side === 0 ? 1 : 2] += weight * (this.decay[column - side * this.contextTokens] as number);
    }
    return sums;
  }

  private documentBackward(b: number, upstream: Pooled, gradients: Gradients): void {
    const at = (b * 4 + 3) * this.width;
    this.wordsBackward(
      this.documents[b] as Tokens,
      upstream.context,
      (this.pooled as Pooled).context,
      at,
      gradients,
    );
  }

  private descriptionBackward(u: number, upstream: Pooled, gradients: Gradients): void {
    const { descriptions } = this.pooled as Pooled;
    const tokens = this.descriptions[u] as Tokens;
    this.wordsBackward(tokens, upstream.descriptions, descriptions, u * this.width, gradients);
  }

  private wordsBackward(
    tokens: Tokens,
    up: Float32Array,
    mean: Float32Array,
    at: number,
    gradients: Gradients,
  ): void {
    let total = EPSILON;
    for (let i = 0; i < tokens.count; i++) total += tokens.weights[i] as number;
    const pull = new Pull(this.width, up, at, mean, at, total);
    for (let i = 0; i < tokens.count; i++) {
      this.pullToken(tokens.rows[i] as number, pull, tokens.weights[i] as number, gradients);
    }
  }

  /** Adds one token's gradients; returns that of its log weight. */
  private pullToken(
    row: number,
    pull: Pull,
    weight: number,
    { sparse }: Gradients,
    near?: Pull,
    nearness = 0,
  ): number {
    const { width, embeddings } = this;
    const onEmbeddings = sparse.get("embeddings") as SparseGradient;
    const onSalience = sparse.get("salience") as SparseGradient;
    const from = row * width;
    onEmbeddings.touch(row);
    onSalience.touch(row);
    const { values } = onEmbeddings;
    const logWeight = near
      ? pullRowTwice(values, weight, pull, nearness, near, embeddings, from, width)
      : pullRow(values, weight, pull, embeddings, from, width);
    const salience = this.salience[row] as number;
    if (salience > LOWEST_LOG_WEIGHT && salience < HIGHEST_LOG_WEIGHT) {
      onSalience.values[row] = (onSalience.values[row] as number) + logWeight;
    }
    return logWeight;
  }
}

/** Whether a mention is of the document of the one before it. */
function isOfSameDocument({ table: { documents }, mentions }: MiniBatch, b: number): boolean {
  return b > 0 && documents[mentions[b] as number] === documents[mentions[b - 1] as number];
}

function makeTokens(length: number): Tokens {
  return {
    count: 0,
    rows: new Int32Array(length),
    weights: new Float64Array(length),
    columns: new Int32Array(length),
  };
}

function push(tokens: Tokens, row: number, weight: number, column: number): void {
  const i = tokens.count++;
  tokens.rows[i] = row;
  tokens.weights[i] = weight;
  tokens.columns[i] = column;
}

/** Sizes and starting values of the weights that pooling owns. */
export function poolingShapes(
  { embeddingWidth, contextTokens }: ModelOptions,
  rows: number,
): Record<string, number[]> {
  return {
    embeddings: [rows, embeddingWidth],
    salience: [rows],
    position: [2 * contextTokens],
    sentence: [SENTENCE_BIASES],
  };
}
