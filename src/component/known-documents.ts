import { createHash } from "node:crypto";
import type { ModelOptions } from "../model/options.js";
import type { Doc } from "../text/doc.js";
import { trainableMentions } from "../training/loop.js";
import type { Prepared } from "../training/prepare.js";

/**
 * The documents that a component was initialised with, as numbers. When one of them comes again in an update, these are
 * taken: they were made without the document's own answers in priors, frequencies and memory.
 */
export class KnownDocuments {
  private readonly mentions = new Map<string, number[]>();

  constructor(
    docs: readonly Doc[],
    readonly prepared: Prepared,
    options: ModelOptions,
  ) {
    const lists = docs.map((doc) => {
      const key = keyOf(doc);
      const isNew = !this.mentions.has(key);
      const list: number[] = [];
      if (isNew) this.mentions.set(key, list);
      return list;
    });
    for (const mention of trainableMentions(prepared, options)) {
      lists[prepared.table.documents[mention] as number]?.push(mention);
    }
  }

  /** The document's mentions that teach something; undefined for one that is not known, or annotated otherwise. */
  mentionsOf(doc: Doc): readonly number[] | undefined {
    return this.mentions.get(keyOf(doc));
  }
}

/** The same for the same text with the same annotation. */
function keyOf({ text, ents }: Doc): string {
  const spans = ents.map(({ start, end, label, kbId }) => [start, end, label, kbId]);
  return createHash("sha256").update(JSON.stringify(spans)).update(text).digest("base64");
}
