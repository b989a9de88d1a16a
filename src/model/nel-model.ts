import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { restoreRow } from "../kb/quantized-rows.js";
import { addTo, type Matrix, matrix } from "../tensor/matrix.js";
import type { Multiply } from "../tensor/multiply.js";
import { inPass } from "../tensor/pass-memory.js";
import type { Weights } from "../tensor/weights.js";
import { Classifier } from "./classifier.js";
import { classifierInputs } from "./classifier-inputs.js";
import { crossEntropy } from "./cross-entropy.js";
import { descriptionEncoder } from "./description-encoder.js";
import { DescriptionRows } from "./description-rows.js";
import { type Gradients, gradientsOf, resetGradients } from "./gradients.js";
import type { Encoder } from "./layers/encoder.js";
import type { Lexicon } from "./lexicon.js";
import type { MentionTable } from "./mention-table.js";
import { logitStarts, type MiniBatch, makeMiniBatch } from "./mini-batch.js";
import type { StoredVectors, TypeCodes } from "./model-parts.js";
import type { ModelOptions } from "./options.js";
import type { Pooled } from "./pooling/pooled.js";
import { TokenPooling } from "./pooling/token-pooling.js";
import { SPARSE_WEIGHTS } from "./pooling/words.js";
import type { Dropout, ModelScores, TrainableModel } from "./trainable-model.js";

/** Entities whose descriptions are encoded at once. */
const CHUNK = 4096;

/** linkwright's own model: a classifier over candidates and NIL. */
export class NelModel implements TrainableModel {
  readonly descriptionRows: DescriptionRows;
  private readonly pooling: TokenPooling;
  private readonly descriptions: Encoder;
  private readonly classifier: Classifier;

  constructor(
    multiply: Multiply,
    readonly options: ModelOptions,
    readonly weights: Weights,
    private readonly kb: InMemoryLookupKB,
    readonly typeCodes: TypeCodes,
    lexicon: Lexicon,
    /** Vectors of all entities; without them descriptions are encoded, as training must. */
    private readonly vectors?: StoredVectors,
  ) {
    this.descriptionRows = new DescriptionRows(lexicon, kb.getSizeEntities(), options.descriptionTokens);
    // First: it moves the weights to where vector instructions reach them, and layers keep what they read.
    this.pooling = new TokenPooling(weights, options, this.descriptionRows);
    this.descriptions = descriptionEncoder(multiply, weights);
    this.classifier = new Classifier(multiply, weights, options);
  }

  /** Logits of candidates and NIL; the cosines are those of the words around the mention and the entity's. */
  score(table: MentionTable, mentions: Int32Array): ModelScores {
    return inPass(() => {
      const batch = makeMiniBatch(table, mentions);
      const pooled = this.pooling.forward(batch);
      const vectors = this.storedVectors(batch) ?? this.descriptions.forward(this.descriptionMeans(pooled));
      const inputs = classifierInputs(batch, this.options, this.typeCodes);
      const { logits } = this.classifier.forward(pooled, vectors, inputs);
      const contextCosine = contextCosines(pooled, batch, this.options.embeddingWidth);
      return {
        logits: logits.slice(),
        areLogits: true,
        starts: logitStarts(batch),
        rows: batch.rows,
        contextCosine,
      };
    });
  }

  lossAndGradients(
    table: MentionTable,
    mentions: Int32Array,
    gold: Int32Array,
    dropout?: Dropout,
  ): { loss: number; gradients: Gradients } {
    const gradients = gradientsOf(this.weights, SPARSE_WEIGHTS);
    resetGradients(gradients);
    const loss = inPass(() => {
      const batch = makeMiniBatch(table, mentions);
      const pooled = this.pooling.forward(batch, dropout);
      const means = this.descriptionMeans(pooled);
      const vectors = this.descriptions.forward(means);
      const inputs = classifierInputs(batch, this.options, this.typeCodes, dropout);
      const pass = this.classifier.forward(pooled, vectors, inputs);
      const { loss, gradient } = crossEntropy(pass.logits, logitStarts(batch), gold);
      const on = this.classifier.backward(pass, gradient, gradients);
      const onMeans = this.descriptions.backward(means, vectors, on.vectors, gradients);
      addTo(on.pooled.descriptions, onMeans.values);
      this.pooling.backward(batch, pooled, on.pooled, gradients);
      return loss;
    });
    return { loss, gradients };
  }

  /** Description vectors of all entities, to be stored in the knowledge base. */
  encodeEntities(): Float32Array {
    const count = this.kb.getSizeEntities();
    const vectors = new Float32Array(count * this.options.entityVectorLength);
    for (let from = 0; from < count; from += CHUNK) {
      const size = Math.min(CHUNK, count - from);
      const entities = Int32Array.from({ length: size }, (_, i) => from + i);
      inPass(() => {
        const pooled = this.pooling.forward(entitiesOnly(entities));
        const encoded = this.descriptions.forward(this.descriptionMeans(pooled));
        vectors.set(encoded.values, from * this.options.entityVectorLength);
      });
    }
    return vectors;
  }

  private descriptionMeans({ descriptions }: Pooled): Matrix {
    const { embeddingWidth } = this.options;
    return matrix(descriptions.length / embeddingWidth, embeddingWidth, descriptions);
  }

  private storedVectors({ entities }: MiniBatch): Matrix | undefined {
    if (!this.vectors) return undefined;
    const { rows, members, member } = this.vectors;
    const picked = matrix(entities.length, this.options.entityVectorLength);
    entities.forEach((entity, i) => {
      restoreRow(rows, entity * members + member, picked.values, i * picked.width);
    });
    return picked;
  }
}

function contextCosines({ context, descriptions }: Pooled, batch: MiniBatch, width: number): Float32Array {
  const cosines = new Float32Array(batch.rows.length);
  for (let r = 0; r < cosines.length; r++) {
    const a = (batch.rowMention[r] as number) * 4 * width;
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
    cosines[r] = product / Math.sqrt(squareA * squareB);
  }
  return cosines;
}

/** A batch without mentions, to pool descriptions alone. */
function entitiesOnly(entities: Int32Array): MiniBatch {
  const none = new Int32Array(0);
  const table = { size: 0 } as MentionTable;
  return {
    table,
    mentions: none,
    starts: Int32Array.of(0),
    rows: none,
    rowMention: none,
    rowEntity: none,
    entities,
  };
}
