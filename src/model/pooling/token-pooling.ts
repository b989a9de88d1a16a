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
  private readonly means: Means;

  constructor(
    weights: Weights,
    private readonly options: ModelOptions,
    private readonly descriptionRows: DescriptionRows,
  ) {
    this.width = options.embeddingWidth;
    this.means = meansOf(weights, options);
  }

  forward(batch: MiniBatch, dropout?: PoolingDropout): Pooled {
    const { width, descriptionRows } = this;
    const { contexts, documents, descriptions } = this.means;
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
    const { contexts, documents, descriptions } = this.means;
    for (let b = 0; b < batch.mentions.length; b++) {
      contexts.backward(batch, b, { up, pooled }, gradients);
      documents.backward(b, up.context, pooled.context, this.documentAt(b), gradients);
    }
    for (let u = 0; u < batch.entities.length; u++) {
      descriptions.backward(u, up.descriptions, pooled.descriptions, u * this.width, gradients);
    }
  }

  /** Without dropout all mentions of a document have the same mean. */
  private poolDocument(batch: MiniBatch, b: number, { context }: Pooled, dropout?: PoolingDropout): void {
    const { table, mentions } = batch;
    const { documents } = this.means;
    const at = this.documentAt(b);
    if (!dropout && isOfSameDocument(batch, b)) {
      documents.repeat(b);
      const before = this.documentAt(b - 1);
      context.copyWithin(at, before, before + this.width);
      return;
    }
    const { documentTokens } = this.options;
    const from = (table.documents[mentions[b] as number] as number) * documentTokens;
    const rows = table.documentRows.subarray(from, from + documentTokens);
    documents.forward(b, rows, context, at, dropout, dropout?.words ?? 0);
  }

  /** Where a mention's document stands among its means. */
  private documentAt(b: number): number {
    return (b * 4 + 3) * this.width;
  }
}

/** What means are computed with. */
interface Means {
  readonly options: ModelOptions;
  readonly contexts: ContextMeans;
  readonly documents: WordMeans;
  readonly descriptions: WordMeans;
}

/**
 * Models of the same weights, one for each knowledge base that they are bound to, share it, as their passes follow each
 * other: a place in the weights' memory is free again only once the event loop has turned, which some callers never let it.
 */
const known = new WeakMap<Weights, Means>();

function meansOf(weights: Weights, options: ModelOptions): Means {
  let means = known.get(weights);
  if (means?.options === options) return means;
  const words = new Words(weights, options.embeddingWidth);
  means = {
    options,
    contexts: new ContextMeans(weights, words, options.contextTokens),
    documents: new WordMeans(words, options.documentTokens),
    descriptions: new WordMeans(words, options.descriptionTokens),
  };
  known.set(weights, means);
  return means;
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
