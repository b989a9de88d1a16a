import type { DescriptionRows } from "../description-rows.js";
import type { MiniBatch } from "../mini-batch.js";
import type { ModelOptions } from "../options.js";
import type { PoolingDropout } from "./words.js";

/** Embedding rows of a batch's words: 0 where there is none, or where dropout leaves it out. */
export interface BatchWords {
  /** Those around each mention: T on its left, the nearest first, then T on its right. [B x 2T] */
  readonly contexts: Int32Array;
  readonly documents: Int32Array; // [B x documentTokens]
  readonly descriptions: Int32Array; // [U x descriptionTokens]
}

/** How many of each a batch has room for. */
export function wordRoom(
  { mentions, entities }: Pick<MiniBatch, "mentions" | "entities">,
  { contextTokens, documentTokens, descriptionTokens }: ModelOptions,
): Record<keyof BatchWords, number> {
  return {
    contexts: mentions.length * 2 * contextTokens,
    documents: mentions.length * documentTokens,
    descriptions: entities.length * descriptionTokens,
  };
}

/** Writes a batch's words. Draws what `TokenPooling` draws, in its order: the same generator leaves out the same words. */
export function writeBatchWords(
  { table, mentions, entities }: MiniBatch,
  { contextTokens, documentTokens, descriptionTokens }: ModelOptions,
  descriptionRows: DescriptionRows,
  dropout: PoolingDropout | undefined,
  out: BatchWords,
): void {
  const copy = (
    from: Int32Array,
    at: number,
    to: Int32Array,
    begin: number,
    count: number,
    share: number,
  ) => {
    for (let i = 0; i < count; i++) {
      const row = from[at + i] as number;
      const isOut = row !== 0 && dropout !== undefined && dropout.random.next() < share;
      to[begin + i] = isOut ? 0 : row;
    }
  };
  const share = dropout?.words ?? 0;
  const width = 2 * contextTokens;
  for (let b = 0; b < mentions.length; b++) {
    const mention = mentions[b] as number;
    copy(table.context, mention * width, out.contexts, b * width, width, share);
    const document = (table.documents[mention] as number) * documentTokens;
    copy(table.documentRows, document, out.documents, b * documentTokens, documentTokens, share);
  }
  for (let u = 0; u < entities.length; u++) {
    const rows = descriptionRows.of(entities[u] as number);
    const begin = u * descriptionTokens;
    out.descriptions.fill(0, begin, begin + descriptionTokens);
    copy(rows, 0, out.descriptions, begin, rows.length, share / 2);
  }
}
