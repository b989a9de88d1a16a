import type * as tfjs from "@tensorflow/tfjs-core";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Backend, TensorFlow } from "../tensor/backend.js";
import type { Weights } from "../tensor/weights.js";
import { type ClassifierInputs, classify, type PooledTensors } from "./classifier.js";
import { classifierInputs } from "./classifier-inputs.js";
import { encodeDescriptions } from "./description-encoder.js";
import { DescriptionRows } from "./description-rows.js";
import { type Gradients, makeGradients, resetGradients } from "./gradients.js";
import type { Lexicon } from "./lexicon.js";
import type { MentionTable } from "./mention-table.js";
import { type MiniBatch, makeMiniBatch } from "./mini-batch.js";
import type { StoredVectors, TypeCodes } from "./model-parts.js";
import type { ModelOptions } from "./options.js";
import { denseTensors, scoped, toTensors } from "./parameters.js";
import { POOLING_WEIGHTS, type Pooled, SPARSE_WEIGHTS, TokenPooling } from "./token-pooling.js";
import type { Dropout, ModelScores, TrainableModel } from "./trainable-model.js";

/** linkwright's own model: a classifier over candidates and NIL. */
export class NelModel implements TrainableModel {
  private readonly tf: TensorFlow;
  private readonly pooling: TokenPooling;
  private readonly dense: readonly string[];
  private gradients: Gradients | undefined; // for training alone

  constructor(
    backend: Backend,
    readonly options: ModelOptions,
    readonly weights: Weights,
    private readonly kb: InMemoryLookupKB,
    private readonly typeCodes: TypeCodes,
    lexicon: Lexicon,
    /** Vectors of all entities; without them descriptions are encoded, as training must. */
    private readonly vectors?: StoredVectors,
  ) {
    this.tf = backend.tf;
    const descriptions = new DescriptionRows(lexicon, kb.getSizeEntities(), options.descriptionTokens);
    this.pooling = new TokenPooling(weights, options, descriptions);
    this.dense = [...weights.keys()].filter((name) => !POOLING_WEIGHTS.includes(name));
  }

  /** Logits of candidates and NIL; the cosines are those of the words around the mention and the entity's. */
  score(table: MentionTable, mentions: Int32Array): ModelScores {
    const { tf } = this;
    const batch = makeMiniBatch(table, mentions);
    const pooled = this.pooling.forward(batch);
    const logits = scoped(tf, () => {
      const inputs = classifierInputs(tf, batch, this.options, this.typeCodes, {
        vectors: this.vectorsOf(batch),
      });
      const weights = denseTensors(this.dense, toTensors(tf, this.weights, this.dense));
      return classify(
        tf,
        pooledTensors(tf, pooled, batch, this.options),
        inputs,
        weights,
        this.options,
      ).dataSync();
    });
    const contextCosine = contextCosines(pooled, batch, this.options.embeddingWidth);
    const { widest, rows } = batch;
    return { logits: logits as Float32Array, areLogits: true, width: widest + 1, rows, contextCosine };
  }

  lossAndGradients(
    table: MentionTable,
    mentions: Int32Array,
    gold: Int32Array,
    dropout?: Dropout,
  ): { loss: number; gradients: Gradients } {
    const { tf } = this;
    this.gradients ??= makeGradients(this.weights, SPARSE_WEIGHTS);
    const { gradients } = this;
    resetGradients(gradients);
    const batch = makeMiniBatch(table, mentions);
    const pooled = this.pooling.forward(batch, dropout);
    const { loss, upstream, dense } = scoped(tf, () => {
      const inputs = classifierInputs(tf, batch, this.options, this.typeCodes, { dropout });
      const { context, descriptions, near } = pooledTensors(tf, pooled, batch, this.options);
      const target = goldOneHot(tf, gold, batch.widest);
      // TF.js refuses to differentiate by what the loss does not use: near words are for interactions alone.
      const means = this.options.interactions ? [context, descriptions, near] : [context, descriptions];
      const { value, grads } = tf.valueAndGrads((...args: tfjs.Tensor[]) => {
        const [ownContext, ownDescriptions, ownNear = near] = args.slice(0, means.length);
        const differentiable = {
          context: ownContext,
          descriptions: ownDescriptions,
          near: ownNear,
        } as PooledTensors;
        return this.loss(differentiable, args.slice(means.length), inputs, target);
      })([...means, ...toTensors(tf, this.weights, this.dense)]);
      const values = grads.map((g) => g.dataSync() as Float32Array);
      const [onContext, onDescriptions, onNear = new Float32Array(pooled.near.length)] = values.slice(
        0,
        means.length,
      );
      return {
        loss: value.dataSync()[0] as number,
        upstream: { context: onContext, near: onNear, descriptions: onDescriptions } as Pooled,
        dense: values.slice(means.length),
      };
    });
    this.pooling.backward(upstream, gradients);
    this.dense.forEach((name, i) => {
      gradients.dense.get(name)?.set(dense[i] as Float32Array);
    });
    return { loss, gradients };
  }

  /** Description vectors of all entities, to be stored in the knowledge base. */
  encodeEntities(): Float32Array {
    const { tf, options, kb } = this;
    const count = kb.getSizeEntities();
    const vectors = new Float32Array(count * options.entityVectorLength);
    const chunk = 4096;
    for (let from = 0; from < count; from += chunk) {
      const size = Math.min(chunk, count - from);
      const entities = Int32Array.from({ length: size }, (_, i) => from + i);
      const pooled = this.pooling.forward(entitiesOnly(entities));
      const encoded = scoped(tf, () => {
        const weights = denseTensors(this.dense, toTensors(tf, this.weights, this.dense));
        const descriptions = tf.tensor2d(pooled.descriptions, [size, options.embeddingWidth]);
        return encodeDescriptions(tf, descriptions, weights).dataSync();
      });
      vectors.set(encoded as Float32Array, from * options.entityVectorLength);
    }
    return vectors;
  }

  /** Mean softmax cross-entropy over candidates and NIL. */
  private loss(
    pooled: PooledTensors,
    weights: readonly tfjs.Tensor[],
    inputs: ClassifierInputs,
    target: tfjs.Tensor2D,
  ): tfjs.Scalar {
    const { tf } = this;
    const logits = classify(tf, pooled, inputs, denseTensors(this.dense, weights), this.options);
    const log = tf.sub(logits, tf.logSumExp(logits, 1, true));
    return tf.div(tf.neg(tf.sum(tf.mul(log, target))), inputs.mentions) as tfjs.Scalar;
  }

  private vectorsOf({ entities }: MiniBatch): Float32Array | undefined {
    if (!this.vectors) return undefined;
    const { values, stride, offset } = this.vectors;
    const width = this.options.entityVectorLength;
    const picked = new Float32Array(entities.length * width);
    entities.forEach((entity, i) => {
      const from = entity * stride + offset;
      picked.set(values.subarray(from, from + width), i * width);
    });
    return picked;
  }
}

function pooledTensors(
  tf: TensorFlow,
  pooled: Pooled,
  batch: MiniBatch,
  { embeddingWidth }: ModelOptions,
): PooledTensors {
  const mentions = batch.mentions.length;
  return {
    context: tf.tensor2d(pooled.context, [mentions, 4 * embeddingWidth]),
    near: tf.tensor2d(pooled.near, [mentions, embeddingWidth]),
    descriptions: tf.tensor2d(pooled.descriptions, [batch.entities.length, embeddingWidth]),
  };
}

function contextCosines({ context, descriptions }: Pooled, batch: MiniBatch, width: number): Float32Array {
  return Float32Array.from(batch.rowMention, (mention, r) => {
    const a = mention * 4 * width;
    const b = (batch.rowEntity[r] as number) * width;
    let product = 0;
    let squareA = 1e-4;
    let squareB = 1e-4;
    for (let j = 0; j < width; j++) {
      const x = context[a + j] as number;
      const y = descriptions[b + j] as number;
      product += x * y;
      squareA += x * x;
      squareB += y * y;
    }
    return product / Math.sqrt(squareA * squareB);
  });
}

function goldOneHot(tf: TensorFlow, gold: Int32Array, widest: number): tfjs.Tensor2D {
  const values = new Float32Array(gold.length * (widest + 1));
  gold.forEach((place, b) => {
    values[b * (widest + 1) + (place < 0 ? widest : place)] = 1;
  });
  return tf.tensor2d(values, [gold.length, widest + 1]);
}

/** A batch without mentions, to pool descriptions alone. */
function entitiesOnly(entities: Int32Array): MiniBatch {
  const none = new Int32Array(0);
  const table = { size: 0 } as MentionTable;
  return { table, mentions: none, rows: none, rowMention: none, rowEntity: none, entities, widest: 0 };
}
