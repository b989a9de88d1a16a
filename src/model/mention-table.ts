import { arraysIn, type Memory } from "./arrays-in.js";
import type { ModelOptions } from "./options.js";

/** Everything that the model needs of N mentions and their R candidate rows, as plain numbers; made once, read often. */
export interface MentionTable {
  readonly size: number;
  /** Embedding rows around each mention, 0 is padding. [N x 2T]: T to the left, nearest first, then T to the right. */
  readonly context: Int32Array;
  /** Sentences between token and mention, at most 3. [N x 2T] */
  readonly sentenceDistance: Uint8Array;
  /** Document of each mention, a row of documentRows. [N] */
  readonly documents: Int32Array;
  /** Embedding rows of each document's most telling words, 0 is padding. [D x documentTokens] */
  readonly documentRows: Int32Array;
  /** Code of each mention's label, below typeWidth. [N] */
  readonly labels: Int32Array;
  /** Where each mention's candidate rows begin. [N + 1] */
  readonly rowStart: Int32Array;
  /** Entity of each candidate row. [R] */
  readonly entities: Int32Array;
  /** Prior of each candidate row, 0 when `incl_prior` is off. [R] */
  readonly priors: Float32Array;
  /** Features of each candidate row. [R x featureWidth] */
  readonly features: Float32Array;
  readonly featureWidth: number;
}

/** What a table has room for. */
export interface TableSizes {
  readonly documents: number;
  /** Where each mention's candidate rows begin. [N + 1] */
  readonly rowStart: Int32Array;
  readonly featureWidth: number;
}

/** A table of zeros. @param memory what it lies in: threads can fill in a shared one together */
export function emptyTable(
  { contextTokens, documentTokens }: Pick<ModelOptions, "contextTokens" | "documentTokens">,
  { documents, rowStart, featureWidth }: TableSizes,
  memory: Memory = ArrayBuffer,
): MentionTable {
  const { ints, floats, bytes } = arraysIn(memory);
  const size = rowStart.length - 1;
  const rows = rowStart[size] as number;
  return {
    size,
    context: ints(size * 2 * contextTokens),
    sentenceDistance: bytes(size * 2 * contextTokens),
    documents: ints(size),
    documentRows: ints(documents * documentTokens),
    labels: ints(size),
    rowStart,
    entities: ints(rows),
    priors: floats(rows),
    features: floats(rows * featureWidth),
    featureWidth,
  };
}

/** Mean and scale of each feature over training rows. */
export interface FeatureScaling {
  readonly mean: Float32Array;
  readonly scale: Float32Array;
}

/** Features that hardly vary are not blown up beyond this. */
const LOWEST_SCALE = 0.05;

export function fitScaling({ features, featureWidth }: MentionTable): FeatureScaling {
  const mean = new Float64Array(featureWidth);
  const square = new Float64Array(featureWidth);
  for (let i = 0; i < features.length; i++) {
    const value = features[i] as number;
    const f = i % featureWidth;
    mean[f] = (mean[f] as number) + value;
    square[f] = (square[f] as number) + value * value;
  }
  const rows = Math.max(1, features.length / Math.max(1, featureWidth));
  const scale = new Float32Array(featureWidth);
  for (let f = 0; f < featureWidth; f++) {
    mean[f] = (mean[f] as number) / rows;
    const variance = (square[f] as number) / rows - (mean[f] as number) ** 2;
    scale[f] = Math.max(LOWEST_SCALE, Math.sqrt(Math.max(0, variance)));
  }
  return { mean: Float32Array.from(mean), scale };
}

/** Standardises the features in place. `muted` columns become 0, their training mean. */
export function applyScaling(
  { features, featureWidth }: MentionTable,
  { mean, scale }: FeatureScaling,
  muted: readonly boolean[],
): void {
  for (let from = 0; from < features.length; from += featureWidth) {
    for (let f = 0; f < featureWidth; f++) {
      const value = ((features[from + f] as number) - (mean[f] as number)) / (scale[f] as number);
      features[from + f] = muted[f] ? 0 : value;
    }
  }
}
