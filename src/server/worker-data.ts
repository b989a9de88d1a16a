import type { LinkerOptions } from "../linker/options.js";
import type { BackendName } from "../tensor/backend.js";
import type { JobKind, JobOutput, Jobs } from "./jobs/jobs.js";
import type { SharedModel } from "./shared-model.js";

/** What a worker thread is started with. */
export interface WorkerData {
  readonly model: SharedModel;
  readonly backend: BackendName | "auto";
  readonly changes: Partial<LinkerOptions>;
  /** File that registers functions, run first. */
  readonly code: string | undefined;
}

/** A job for a worker thread. */
export interface Request<Kind extends JobKind = JobKind> {
  readonly id: number;
  readonly kind: Kind;
  readonly input: Parameters<Jobs[Kind]>[1];
}

/** What a worker thread says. */
export type Message =
  | { readonly type: "ready" }
  | { readonly type: "done"; readonly id: number; readonly output: JobOutput<JobKind> }
  | {
      readonly type: "failed";
      readonly id: number;
      readonly code: string | undefined;
      readonly message: string;
    };
