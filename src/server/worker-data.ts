import type { LinkerOptions } from "../linker/options.js";
import type { BackendName } from "../tensor/backend.js";
import type { PlainError } from "../thread-error.js";
import type { JobKind } from "./jobs/jobs.js";
import type { SharedModel } from "./shared-model.js";

/** What a worker thread is started with. */
export interface WorkerData {
  readonly model: SharedModel;
  readonly backend: BackendName | "auto";
  readonly changes: Partial<LinkerOptions>;
  /** File that registers functions, run first. */
  readonly code: string | undefined;
}

/** Jobs for a worker thread, all of one kind. */
export interface Request {
  readonly kind: JobKind;
  readonly inputs: readonly unknown[];
}

/** What became of a job. */
export type Reply = { readonly output: unknown } | { readonly error: PlainError };

/** What a worker thread says: that it is ready or why it can't be, then answers. Answers come in the order of the requests. */
export type Message =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly error: PlainError }
  | { readonly type: "done"; readonly replies: readonly Reply[] };
