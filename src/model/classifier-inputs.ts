import { gatherRows, type Matrix, matrix } from "../tensor/matrix.js";
import { zeros } from "../tensor/pass-memory.js";
import type { MiniBatch } from "./mini-batch.js";
import type { ModelOptions } from "./options.js";
import type { Random } from "./random.js";

/** Dropout of the dense layers. */
export interface DenseDropout {
  readonly random: Random;
  /** Share of the context vector and of the hidden layer left out. */
  readonly units: number;
}

/** A batch's numbers that depend on no weight: B mentions, R candidate rows, F features. */
export interface ClassifierInputs {
  readonly batch: MiniBatch;
  /** Codes of the rows' entity types. [R] */
  readonly types: Uint8Array;
  /** Label x typeWidth + type. [R] */
  readonly labelTypes: Int32Array;
  /** Codes of the mentions' labels. [B] */
  readonly labels: Int32Array;
  readonly priors: Float32Array; // [R]
  readonly features: Matrix; // [R x F] standardised
  /** Highest of each mention's rows. [B x F] */
  readonly bestFeatures: Matrix;
  /** Dropout of training: 0 or 1 / share kept. */
  readonly contextMask: Float32Array | undefined; // [B x contextWidth]
  readonly hiddenMask: Float32Array | undefined; // [R x hiddenWidth]
}

export function classifierInputs(
  batch: MiniBatch,
  { typeWidth, contextWidth, hiddenWidth }: ModelOptions,
  typeCodes: Uint8Array,
  dropout?: DenseDropout,
): ClassifierInputs {
  const { table, rows, rowMention, mentions } = batch;
  const labels = mentions.map((mention) => table.labels[mention] as number);
  const types = new Uint8Array(rows.length);
  const labelTypes = new Int32Array(rows.length);
  const priors = zeros(rows.length);
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r] as number;
    const type = typeCodes[table.entities[row] as number] as number;
    types[r] = type;
    labelTypes[r] = (labels[rowMention[r] as number] as number) * typeWidth + type;
    priors[r] = table.priors[row] as number;
  }
  const width = table.featureWidth;
  const features = gatherRows(matrix(table.entities.length, width, table.features), rows);
  return {
    batch,
    types,
    labelTypes,
    labels,
    priors,
    features,
    bestFeatures: highest(features, batch),
    contextMask: dropout && dropoutMask(mentions.length * contextWidth, dropout),
    hiddenMask: dropout && dropoutMask(rows.length * hiddenWidth, dropout),
  };
}

/** The highest value of each feature among a mention's rows. [B x F] */
function highest({ values, width }: Matrix, { mentions, rowMention }: MiniBatch): Matrix {
  const best = matrix(mentions.length, width);
  best.values.fill(Number.NEGATIVE_INFINITY);
  for (let r = 0; r < rowMention.length; r++) {
    const to = (rowMention[r] as number) * width;
    const from = r * width;
    for (let f = 0; f < width; f++) {
      if ((values[from + f] as number) > (best.values[to + f] as number))
        best.values[to + f] = values[from + f] as number;
    }
  }
  return best;
}

/** 0 for units left out, 1 / share kept for the others; one random number serves two units. */
export function dropoutMask(length: number, { random, units }: DenseDropout): Float32Array {
  const values = zeros(length);
  const kept = 1 / (1 - units);
  const threshold = units * 65536;
  for (let i = 0; i < length; i += 2) {
    const bits = (random.next() * 4294967296) >>> 0;
    values[i] = (bits & 0xffff) < threshold ? 0 : kept;
    if (i + 1 < length) values[i + 1] = bits >>> 16 < threshold ? 0 : kept;
  }
  return values;
}
