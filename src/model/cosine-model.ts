import { type Matrix, masked, matrix, multiplyBy } from "../tensor/matrix.js";
import type { Weights } from "../tensor/weights.js";
import { dropoutMask } from "./classifier-inputs.js";
import { contextEncoder } from "./context-encoder.js";
import { DescriptionRows } from "./description-rows.js";
import { type Gradients, gradientsOf, resetGradients } from "./gradients.js";
import { DenseLayer } from "./layers/dense-layer.js";
import type { Encoder } from "./layers/encoder.js";
import { unitRows, unitRowsBackwardInPlace } from "./layers/unit-rows.js";
import type { MentionTable } from "./mention-table.js";
import { logitStarts, type MiniBatch, makeMiniBatch } from "./mini-batch.js";
import type { ModelParts } from "./model-parts.js";
import type { ModelOptions } from "./options.js";
import type { Init } from "./parameters.js";
import { TokenPooling } from "./pooling/token-pooling.js";
import { SPARSE_WEIGHTS } from "./pooling/words.js";
import { cosineOf, spacyScore } from "./spacy-score.js";
import type { Dropout, ModelScores, TrainableModel } from "./trainable-model.js";

/** Keeps the length of a vector of zeros from dividing by 0. */
const EPSILON = 1e-6;

export function projectionShapes({ contextWidth, entityVectorLength }: ModelOptions): Record<string, Init> {
  return {
    projection_kernel: { shape: [contextWidth, entityVectorLength], gain: 1 },
    projection_bias: { shape: [entityVectorLength], gain: 0 },
  };
}

/**
 * spaCy's entity linker: the context becomes a vector of the length of the knowledge base's entity vectors, which stay as
 * they are, and a candidate's score is p + s - p s, of its prior and the cosine of the two.
 */
export class CosineModel implements TrainableModel {
  readonly options: ModelOptions;
  readonly weights: Weights;
  private readonly inclContext: boolean;
  private readonly givenVectors: () => Float32Array;
  private readonly pooling: TokenPooling;
  private readonly encoder: Encoder;
  private readonly projection: DenseLayer;

  constructor({ multiply, options, weights, lexicon, inclContext, givenVectors }: ModelParts) {
    this.options = options;
    this.weights = weights;
    this.inclContext = inclContext;
    this.givenVectors = givenVectors;
    const noDescriptions = new DescriptionRows(lexicon, 0, options.descriptionTokens);
    // First: it moves the weights to where vector instructions reach them, and layers keep what they read.
    this.pooling = new TokenPooling(weights, options, noDescriptions);
    this.encoder = contextEncoder(multiply, weights);
    this.projection = new DenseLayer(multiply, weights, "projection_kernel", "projection_bias");
  }

  score(table: MentionTable, mentions: Int32Array): ModelScores {
    const batch = makeMiniBatch(table, mentions);
    const { rows, rowMention } = batch;
    const length = this.options.entityVectorLength;
    const vectors = this.givenVectors();
    const contexts = this.inclContext ? this.encodeContexts(table, mentions) : undefined;
    const contextCosine = Float32Array.from(rows, (row, r) => {
      const context = contexts && rowOf(contexts, rowMention[r] as number, length);
      return context ? cosineOf(context, rowOf(vectors, table.entities[row] as number, length)) : 0;
    });
    const scores = new Float32Array(rows.length + mentions.length).fill(Number.NEGATIVE_INFINITY);
    rows.forEach((row, r) => {
      const nilsBefore = rowMention[r] as number;
      scores[r + nilsBefore] = spacyScore(table.priors[row] as number, contextCosine[r] as number);
    });
    return { logits: scores, areLogits: false, starts: logitStarts(batch), rows, contextCosine };
  }

  /** What the model makes of some mentions' contexts. [B x entityVectorLength] */
  encodeContexts(table: MentionTable, mentions: Int32Array): Float32Array {
    const { context } = this.pooling.forward(contextsOnly(table, mentions));
    return this.projection.forward(this.encoder.forward(this.meansOf(context))).values;
  }

  /** spaCy's loss: the mean of 1 - cosine of context and gold entity. A gold without a vector, or NIL, teaches nothing. */
  lossAndGradients(
    table: MentionTable,
    mentions: Int32Array,
    gold: Int32Array,
    dropout?: Dropout,
  ): { loss: number; gradients: Gradients } {
    const gradients = gradientsOf(this.weights, SPARSE_WEIGHTS);
    resetGradients(gradients);
    const batch = contextsOnly(table, mentions);
    const pooled = this.pooling.forward(batch, dropout);
    const means = this.meansOf(pooled.context);
    const encoded = this.encoder.forward(means);
    const mask = dropout && dropoutMask(encoded.values.length, dropout);
    const context = masked(encoded, mask);
    const directions = unitRows(this.projection.forward(context), EPSILON);
    const target = this.goldDirections(table, mentions, gold);
    const { units } = directions;
    const cosines = units.values.reduce((sum, x, i) => sum + x * (target[i] as number), 0);
    const onDirections = matrix(
      units.rows,
      units.width,
      target.map((x) => -x / mentions.length),
    );
    unitRowsBackwardInPlace(onDirections.values, directions);
    const onContext = this.projection.backward(context, onDirections, gradients);
    multiplyBy(onContext.values, mask);
    const onMeans = this.encoder.backward(means, encoded, onContext, gradients);
    const none = { near: new Float32Array(pooled.near.length), descriptions: new Float32Array(0) };
    this.pooling.backward(batch, pooled, { context: onMeans.values, ...none }, gradients);
    return { loss: 1 - cosines / mentions.length, gradients };
  }

  /** The knowledge base's own. */
  encodeEntities(): Float32Array {
    return this.givenVectors().slice();
  }

  /** [B x 4 embeddingWidth] */
  private meansOf(context: Float32Array): Matrix {
    const width = 4 * this.options.embeddingWidth;
    return matrix(context.length / width, width, context);
  }

  /** The vectors of the golds at length 1, zeros where there is none. [B x entityVectorLength] */
  private goldDirections(table: MentionTable, mentions: Int32Array, gold: Int32Array): Float32Array {
    const length = this.options.entityVectorLength;
    const vectors = this.givenVectors();
    const directions = new Float32Array(mentions.length * length);
    mentions.forEach((mention, b) => {
      const place = gold[b] as number;
      if (place < 0) return;
      const entity = table.entities[(table.rowStart[mention] as number) + place] as number;
      const vector = rowOf(vectors, entity, length);
      const norm = Math.hypot(...vector);
      if (norm > 0)
        directions.set(
          vector.map((x) => x / norm),
          b * length,
        );
    });
    return directions;
  }
}

const rowOf = (values: Float32Array, row: number, width: number): Float32Array =>
  values.subarray(row * width, (row + 1) * width);

/** A batch whose entities nobody describes. */
function contextsOnly(table: MentionTable, mentions: Int32Array): MiniBatch {
  const none = new Int32Array(0);
  return { table, mentions, starts: none, rows: none, rowMention: none, rowEntity: none, entities: none };
}
