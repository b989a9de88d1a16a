import type { LinkerOptions } from "../../linker/options.js";
import type { SharedModel } from "../../server/shared-model.js";
import type { BackendName } from "../../tensor/backend.js";
import type { BatchOptions } from "./link-batch.js";

/** What a thread is started with. */
export interface ThreadData {
  readonly model: SharedModel;
  readonly backend: BackendName | "auto";
  readonly changes: Partial<LinkerOptions>;
  /** File that registers functions, run first. */
  readonly code: string | undefined;
  readonly options: BatchOptions;
}

/** What a thread has to say of its linker. */
export interface ThreadLinker {
  readonly backend: BackendName;
  /** What a precision that was asked for comes to. */
  readonly promise: string | undefined;
}

/** What a thread says: once that it is ready, then an answer for each batch that it gets. Errors lose their class on the way. */
export type ThreadMessage =
  | { readonly type: "ready"; readonly linker: ThreadLinker }
  | { readonly type: "linked"; readonly lines: string }
  | { readonly type: "failed"; readonly message: string; readonly code: string | undefined };
