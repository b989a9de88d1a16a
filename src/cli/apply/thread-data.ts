import type { LinkerOptions } from "../../linker/options.js";
import type { SharedModel } from "../../server/shared-model.js";
import type { BackendName } from "../../tensor/backend.js";
import type { PlainError } from "../../thread-error.js";
import type { Batch } from "./batches.js";
import type { BatchOptions } from "./link-batch.js";

/** What a thread is started with. */
export interface ThreadData {
  readonly backend: BackendName | "auto";
  readonly changes: Partial<LinkerOptions>;
  /** File that registers functions, run first. */
  readonly code: string | undefined;
  readonly options: BatchOptions;
}

/** What a thread is asked for: once to open its model, then to link batches. */
export type ThreadRequest = { readonly model: SharedModel } | { readonly batch: Batch };

/** A thread's answers to batches, in their order. */
export type ThreadAnswer = { readonly lines: string } | { readonly error: PlainError };
