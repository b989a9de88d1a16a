import { Worker } from "node:worker_threads";
import { linkwrightError } from "../../errors.js";
import type { SharedModel } from "../../server/shared-model.js";
import { fromPlainError } from "../../thread-error.js";
import type { Batch } from "./batches.js";
import type { ThreadAnswer, ThreadData, ThreadRequest } from "./thread-data.js";

const THREAD = new URL("./thread.js", import.meta.url);
/** What is made for a batch is garbage after it: in more room it is collected less often, which is a tenth of all work. */
const YOUNG_MB = 64;

/** A batch that a thread has yet to answer. */
interface Job {
  readonly resolve: (lines: string) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that links over the knowledge base that all share, one batch after the other. */
export class LinkThread {
  private readonly worker: Worker;
  private readonly jobs: Job[] = [];
  private failure: Error | undefined;

  /** Starts it; it links once it has a model. */
  constructor(data: ThreadData) {
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB };
    this.worker = new Worker(THREAD, { workerData: data, resourceLimits });
    this.worker.on("error", (error) => this.fail(error));
    this.worker.on("exit", (code) => this.fail(new Error(`it ended with code ${code}`)));
    this.worker.on("message", (answer: ThreadAnswer) => {
      const job = this.jobs.shift();
      if ("error" in answer) job?.reject(fromPlainError(answer.error));
      else job?.resolve(answer.lines);
    });
  }

  /** Batches that it has at hand. */
  get load(): number {
    return this.jobs.length;
  }

  open(model: SharedModel): void {
    this.worker.postMessage({ model } satisfies ThreadRequest);
  }

  /** @returns the batch's lines of JSONL @throws what opening the model and linking throw, L857 the thread has died */
  link(batch: Batch): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.jobs.push({ resolve, reject });
      this.worker.postMessage({ batch } satisfies ThreadRequest);
    });
  }

  /** Ends it; what it is at is given up. */
  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(cause: Error): void {
    this.failure ??= linkwrightError("L857", { why: cause.message }, cause);
    for (const { reject } of this.jobs.splice(0)) reject(this.failure);
  }
}
