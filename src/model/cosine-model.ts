import type * as tfjs from "@tensorflow/tfjs-core";
import type { TensorFlow } from "../tensor/backend.js";
import type { Weights } from "../tensor/weights.js";
import { dropoutMask } from "./classifier-inputs.js";
import { encodeContext } from "./context-encoder.js";
import { DescriptionRows } from "./description-rows.js";
import { type Gradients, makeGradients, resetGradients } from "./gradients.js";
import type { MentionTable } from "./mention-table.js";
import { type MiniBatch, makeMiniBatch } from "./mini-batch.js";
import type { ModelParts } from "./model-parts.js";
import type { ModelOptions } from "./options.js";
import { type DenseTensors, denseTensors, type Init, scoped, toTensors } from "./parameters.js";
import { cosineOf, spacyScore } from "./spacy-score.js";
import { POOLING_WEIGHTS, SPARSE_WEIGHTS, TokenPooling } from "./token-pooling.js";
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
  private readonly tf: TensorFlow;
  private readonly inclContext: boolean;
  private readonly givenVectors: () => Float32Array;
  private readonly pooling: TokenPooling;
  private readonly dense: readonly string[];
  private gradients: Gradients | undefined; // for training alone

  constructor({ backend, options, weights, lexicon, inclContext, givenVectors }: ModelParts) {
    this.tf = backend.tf;
    this.options = options;
    this.weights = weights;
    this.inclContext = inclContext;
    this.givenVectors = givenVectors;
    const noDescriptions = new DescriptionRows(lexicon, 0, options.descriptionTokens);
    this.pooling = new TokenPooling(weights, options, noDescriptions);
    this.dense = [...weights.keys()].filter((name) => !POOLING_WEIGHTS.includes(name));
  }

  score(table: MentionTable, mentions: Int32Array): ModelScores {
    const { rows, rowMention, widest } = makeMiniBatch(table, mentions);
    const length = this.options.entityVectorLength;
    const width = widest + 1;
    const vectors = this.givenVectors();
    const contexts = this.inclContext ? this.encodeContexts(table, mentions) : undefined;
    const contextCosine = Float32Array.from(rows, (row, r) => {
      const context = contexts && rowOf(contexts, rowMention[r] as number, length);
      return context ? cosineOf(context, rowOf(vectors, table.entities[row] as number, length)) : 0;
    });
    const scores = new Float32Array(mentions.length * width).fill(Number.NEGATIVE_INFINITY);
    rows.forEach((row, r) => {
      const mention = rowMention[r] as number;
      const column = row - (table.rowStart[mentions[mention] as number] as number);
      scores[mention * width + column] = spacyScore(table.priors[row] as number, contextCosine[r] as number);
    });
    return { logits: scores, areLogits: false, width, rows, contextCosine };
  }

  /** What the model makes of some mentions' contexts. [B x entityVectorLength] */
  encodeContexts(table: MentionTable, mentions: Int32Array): Float32Array {
    const { tf } = this;
    const pooled = this.pooling.forward(contextsOnly(table, mentions));
    return scoped(tf, () => {
      const context = tf.tensor2d(pooled.context, [mentions.length, 4 * this.options.embeddingWidth]);
      const weights = denseTensors(this.dense, toTensors(tf, this.weights, this.dense));
      return project(tf, encodeContext(tf, context, weights), weights).dataSync() as Float32Array;
    });
  }

  /** spaCy's loss: the mean of 1 - cosine of context and gold entity. A gold without a vector, or NIL, teaches nothing. */
  lossAndGradients(
    table: MentionTable,
    mentions: Int32Array,
    gold: Int32Array,
    dropout?: Dropout,
  ): { loss: number; gradients: Gradients } {
    const { tf, options } = this;
    const { embeddingWidth, contextWidth, entityVectorLength } = options;
    this.gradients ??= makeGradients(this.weights, SPARSE_WEIGHTS);
    const { gradients } = this;
    resetGradients(gradients);
    const pooled = this.pooling.forward(contextsOnly(table, mentions), dropout);
    const { loss, upstream, dense } = scoped(tf, () => {
      const size = mentions.length;
      const means = tf.tensor2d(pooled.context, [size, 4 * embeddingWidth]);
      const target = tf.tensor2d(this.goldDirections(table, mentions, gold), [size, entityVectorLength]);
      const mask = dropout && tf.tensor2d(dropoutMask(size * contextWidth, dropout), [size, contextWidth]);
      const { value, grads } = tf.valueAndGrads((own: tfjs.Tensor, ...args: tfjs.Tensor[]) => {
        const weights = denseTensors(this.dense, args);
        const encoded = encodeContext(tf, own as tfjs.Tensor2D, weights);
        const context = mask ? tf.mul(encoded, mask) : encoded;
        const cosines = tf.sum(tf.mul(unit(tf, project(tf, context as tfjs.Tensor2D, weights)), target), 1);
        return tf.mean(tf.sub(1, cosines)) as tfjs.Scalar;
      })([means, ...toTensors(tf, this.weights, this.dense)]);
      const [onMeans, ...onDense] = grads.map((g) => g.dataSync() as Float32Array);
      return { loss: value.dataSync()[0] as number, upstream: onMeans as Float32Array, dense: onDense };
    });
    const none = { near: new Float32Array(pooled.near.length), descriptions: new Float32Array(0) };
    this.pooling.backward({ context: upstream, ...none }, gradients);
    this.dense.forEach((name, i) => {
      gradients.dense.get(name)?.set(dense[i] as Float32Array);
    });
    return { loss, gradients };
  }

  /** The knowledge base's own. */
  encodeEntities(): Float32Array {
    return this.givenVectors().slice();
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
  return { table, mentions, rows: none, rowMention: none, rowEntity: none, entities: none, widest: 0 };
}

/** [B x contextWidth] -> [B x entityVectorLength] */
function project(tf: TensorFlow, context: tfjs.Tensor2D, weights: DenseTensors): tfjs.Tensor2D {
  return tf.add(tf.matMul(context, weights.get("projection_kernel")), weights.get("projection_bias"));
}

function unit(tf: TensorFlow, x: tfjs.Tensor2D): tfjs.Tensor2D {
  return tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), 1, true), EPSILON)));
}
