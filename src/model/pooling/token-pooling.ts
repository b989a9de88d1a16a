import { zeros } from "../../tensor/pass-memory.js";
import type { Weights } from "../../tensor/weights.js";
import type { DescriptionRows } from "../description-rows.js";
import type { Gradients } from "../gradients.js";
import type { MiniBatch } from "../mini-batch.js";
import type { ModelOptions } from "../options.js";
import { ContextMeans, SENTENCE_BIASES } from "./context-means.js";
import type { Pooled } from "./pooled.js";
import { WordMeans } from "./word-means.js";
import { type PoolingDropout, Words } from "./words.js";

/**
 * Weighted means of word embeddings, forward and backward in typed arrays. Gathering thousands of rows is what TF.js is
 * slowest at (its gradient is a scatter), so it only gets the means.
 */
export class TokenPooling {
  private readonly width: number;
  private readonly contexts: ContextMeans;
  private readonly documents: WordMeans;
  private readonly descriptions: WordMeans;

  constructor(
    weights: Weights,
    private readonly options: ModelOptions,
    private readonly descriptionRows: DescriptionRows,
  ) {
    this.width = options.embeddingWidth;
    const words = new Words(weights, this.width);
    this.contexts = new ContextMeans(weights, words, options.contextTokens);
    this.documents = new WordMeans(words, options.documentTokens);
    this.descriptions = new WordMeans(words, options.descriptionTokens);
  }

  forward(batch: MiniBatch, dropout?: PoolingDropout): Pooled {
    const { width, contexts, documents, descriptions, descriptionRows } = this;
    const { mentions, entities } = batch;
    const pooled = {
      context: zeros(mentions.length * 4 * width),
      near: zeros(mentions.length * width),
      descriptions: zeros(entities.length * width),
    };
    contexts.begin(mentions.length);
    documents.reserve(mentions.length);
    descriptions.reserve(entities.length);
    for (let b = 0; b < mentions.length; b++) {
      contexts.forward(batch, b, pooled, dropout);
      this.poolDocument(batch, b, pooled, dropout);
    }
    const share = (dropout?.words ?? 0) / 2;
    for (let u = 0; u < entities.length; u++) {
      const rows = descriptionRows.of(entities[u] as number);
      descriptions.forward(u, rows, pooled.descriptions, u * width, dropout, share);
    }
    return pooled;
  }

  /**
   * Adds the gradients of words, positions and sentences to `gradients`.
   * @param batch that of the last forward pass, which made `pooled`
   * @param up gradients of the means
   */
  backward(batch: MiniBatch, pooled: Pooled, up: Pooled, gradients: Gradients): void {
    for (let b = 0; b < batch.mentions.length; b++) {
      this.contexts.backward(batch, b, { up, pooled }, gradients);
      this.documents.backward(b, up.context, pooled.context, this.documentAt(b), gradients);
    }
    for (let u = 0; u < batch.entities.length; u++) {
      this.descriptions.backward(u, up.descriptions, pooled.descriptions, u * this.width, gradients);
    }
  }

  /** Without dropout all mentions of a document have the same mean. */
  private poolDocument(batch: MiniBatch, b: number, { context }: Pooled, dropout?: PoolingDropout): void {
    const { table, mentions } = batch;
    const at = this.documentAt(b);
    if (!dropout && isOfSameDocument(batch, b)) {
      this.documents.repeat(b);
      const before = this.documentAt(b - 1);
      context.copyWithin(at, before, before + this.width);
      return;
    }
    const { documentTokens } = this.options;
    const from = (table.documents[mentions[b] as number] as number) * documentTokens;
    const rows = table.documentRows.subarray(from, from + documentTokens);
    this.documents.forward(b, rows, context, at, dropout, dropout?.words ?? 0);
  }

  /** Where a mention's document stands among its means. */
  private documentAt(b: number): number {
    return (b * 4 + 3) * this.width;
  }
}

/** Whether a mention is of the document of the one before it. */
function isOfSameDocument({ table: { documents }, mentions }: MiniBatch, b: number): boolean {
  return b > 0 && documents[mentions[b] as number] === documents[mentions[b - 1] as number];
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
