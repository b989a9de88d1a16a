import type { LinkArguments } from "../link-options.js";
import type { Batch } from "./batches.js";
import type { BatchOptions } from "./link-batch.js";

export interface LinksOptions extends BatchOptions {
  /** Threads that link, this one among them. */
  readonly workers: number;
  /** Whether the model's hash is wanted. */
  readonly hash: boolean;
  readonly signal: AbortSignal;
}

/** What links batches, wherever that is done. */
export interface Links {
  /** What the scores depend on; the model's hash is "" where it isn't wanted. */
  readonly about: { readonly backend: string; readonly model: string };
  /** @returns the batch's lines of JSONL */
  link(batch: Batch): Promise<string>;
  close(): Promise<void>;
}

/** Makes ready to link with a model. */
export async function openLinks(given: LinkArguments, options: LinksOptions): Promise<Links> {
  if (options.workers === 1) return (await import("./links-here.js")).linksHere(given, options);
  return (await import("./links-in-threads.js")).linksInThreads(given, options);
}
