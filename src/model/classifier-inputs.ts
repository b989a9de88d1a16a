import type { TensorFlow } from "../tensor/backend.js";
import type { ClassifierInputs } from "./classifier.js";
import type { MiniBatch } from "./mini-batch.js";
import type { ModelOptions } from "./options.js";
import type { Random } from "./random.js";

/** Dropout of the dense layers. */
export interface DenseDropout {
  readonly random: Random;
  /** Share of the context vector and of the hidden layer left out. */
  readonly units: number;
}

interface Extras {
  readonly dropout?: DenseDropout | undefined;
  /** Stored vectors of the batch's entities. [U x entityVectorLength] */
  readonly vectors?: Float32Array | undefined;
}

/** A batch's numbers as tensors; call inside `scoped`. */
export function classifierInputs(
  tf: TensorFlow,
  batch: MiniBatch,
  options: ModelOptions,
  typeCodes: Uint8Array,
  { dropout, vectors }: Extras,
): ClassifierInputs {
  const { table, rows, entities } = batch;
  const mentions = batch.mentions.length;
  const { typeWidth } = options;
  const types = new Float32Array(rows.length * typeWidth);
  const labelTypes = new Int32Array(rows.length);
  const priors = new Float32Array(rows.length);
  rows.forEach((row, r) => {
    const type = typeCodes[table.entities[row] as number] as number;
    const label = table.labels[batch.mentions[batch.rowMention[r] as number] as number] as number;
    types[r * typeWidth + type] = 1;
    labelTypes[r] = label * typeWidth + type;
    priors[r] = table.priors[row] as number;
  });
  const labels = new Float32Array(mentions * typeWidth);
  batch.mentions.forEach((mention, b) => {
    labels[b * typeWidth + (table.labels[mention] as number)] = 1;
  });
  const width = table.featureWidth;
  const features = width > 0 ? gatherFeatures(batch) : undefined;
  return {
    rowMention: tf.tensor1d(batch.rowMention, "int32"),
    rowEntity: tf.tensor1d(batch.rowEntity, "int32"),
    types: tf.tensor2d(types, [rows.length, typeWidth]),
    priors: tf.tensor2d(priors, [rows.length, 1]),
    features: features && tf.tensor2d(features, [rows.length, width]),
    labelTypes: tf.tensor1d(labelTypes, "int32"),
    labels: tf.tensor2d(labels, [mentions, typeWidth]),
    bestFeatures: features && tf.tensor2d(highest(features, batch), [mentions, width]),
    places: tf.tensor1d(placesOf(batch), "int32"),
    mentions,
    widest: batch.widest,
    entityVectors: vectors && tf.tensor2d(vectors, [entities.length, options.entityVectorLength]),
    contextMask:
      dropout &&
      tf.tensor2d(dropoutMask(mentions * options.contextWidth, dropout), [mentions, options.contextWidth]),
    hiddenMask:
      dropout &&
      tf.tensor2d(dropoutMask(rows.length * options.hiddenWidth, dropout), [
        rows.length,
        options.hiddenWidth,
      ]),
  };
}

function gatherFeatures({ table, rows }: MiniBatch): Float32Array {
  const width = table.featureWidth;
  const features = new Float32Array(rows.length * width);
  rows.forEach((row, r) => {
    features.set(table.features.subarray(row * width, (row + 1) * width), r * width);
  });
  return features;
}

/** The highest value of each feature among a mention's rows. [B x F] */
function highest(features: Float32Array, { table, mentions, rowMention }: MiniBatch): Float32Array {
  const width = table.featureWidth;
  const best = new Float32Array(mentions.length * width).fill(Number.NEGATIVE_INFINITY);
  rowMention.forEach((mention, r) => {
    const to = mention * width;
    const from = r * width;
    for (let f = 0; f < width; f++) {
      if ((features[from + f] as number) > (best[to + f] as number))
        best[to + f] = features[from + f] as number;
    }
  });
  return best;
}

function placesOf({ mentions, rowMention, widest }: MiniBatch): Int32Array {
  const places = new Int32Array(mentions.length * widest).fill(rowMention.length);
  let column = 0;
  rowMention.forEach((mention, r) => {
    column = r > 0 && rowMention[r - 1] === mention ? column + 1 : 0;
    places[mention * widest + column] = r;
  });
  return places;
}

/** 0 for units left out, 1 / share kept for the others; one random number serves two units. */
export function dropoutMask(length: number, { random, units }: DenseDropout): Float32Array {
  const values = new Float32Array(length);
  const kept = 1 / (1 - units);
  const threshold = units * 65536;
  for (let i = 0; i < length; i += 2) {
    const bits = (random.next() * 4294967296) >>> 0;
    values[i] = (bits & 0xffff) < threshold ? 0 : kept;
    if (i + 1 < length) values[i + 1] = bits >>> 16 < threshold ? 0 : kept;
  }
  return values;
}
