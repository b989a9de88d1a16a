import type { MentionTable } from "../model/mention-table.js";
import type { ModelOptions } from "../model/options.js";

export function sharedInts(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));
}

export function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
}

export function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

export interface TableSizes {
  readonly documents: number;
  /** Where each mention's candidate rows begin. [N + 1] */
  readonly rowStart: Int32Array;
  readonly featureWidth: number;
}

/** A table of zeros that several threads can fill in. */
export function sharedTable(
  { contextTokens, documentTokens }: Pick<ModelOptions, "contextTokens" | "documentTokens">,
  { documents, rowStart, featureWidth }: TableSizes,
): MentionTable {
  const size = rowStart.length - 1;
  const rows = rowStart[size] as number;
  return {
    size,
    context: sharedInts(size * 2 * contextTokens),
    sentenceDistance: sharedBytes(size * 2 * contextTokens),
    documents: sharedInts(size),
    documentRows: sharedInts(documents * documentTokens),
    labels: sharedInts(size),
    rowStart,
    entities: sharedInts(rows),
    priors: sharedFloats(rows),
    features: sharedFloats(rows * featureWidth),
    featureWidth,
  };
}
