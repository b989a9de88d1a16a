import { createHash } from "node:crypto";
import type { InputFile } from "../../formats/input-files.js";
import { type RawDocument, readRaw } from "../../formats/raw-documents.js";
import { inBatches } from "../../text/batches.js";

/** Documents that are linked together. */
export type Batch = readonly RawDocument[];

/** Documents of a batch, and characters of which it is full before. */
const DOCUMENTS = 128;
const CHARACTERS = 1 << 18;

/**
 * The documents of files in batches. Without `flushAfterMs` the same documents make the same batches, so that the same is
 * linked together by any number of threads, and after an interruption.
 */
export function readBatches(files: readonly InputFile[], flushAfterMs?: number): AsyncGenerator<Batch> {
  return inBatches(readRaw(files), {
    batchSize: DOCUMENTS,
    batchWeight: CHARACTERS,
    weigh: ({ content }) => content.length,
    flushAfterMs,
  });
}

/** What tells a batch from another: texts, ids of texts, and the lines as they stand; not where they lie. */
export function hashOfBatch(batch: Batch): string {
  const hash = createHash("sha256");
  for (const { id, content } of batch) {
    hash.update(JSON.stringify([id ?? null, content.length]));
    hash.update(content);
  }
  return hash.digest("hex");
}

/** Bytes of a batch in its files. */
export function bytesOfBatch(batch: Batch): number {
  return batch.reduce((sum, { content }) => sum + Buffer.byteLength(content) + 1, 0);
}

/** Where a document stands, for messages. */
export function placeOf({ file, line }: RawDocument): string {
  return line === undefined ? file : `${file}:${line}`;
}
