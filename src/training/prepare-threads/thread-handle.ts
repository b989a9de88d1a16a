import { Worker } from "node:worker_threads";
import { linkwrightError } from "../../errors.js";
import { fromPlainError } from "../../thread-error.js";
import type { FoundRange, ThreadAnswer, ThreadData, ThreadRequest } from "./thread-data.js";

const THREAD = new URL("./thread.js", import.meta.url);

/**
 * In more room for what is soon garbage it is collected less often. The limit of the rest is no more than Node's own on most
 * machines, and below 2 GB V8 lets a heap grow to twice what is in use before it collects, not to four times.
 */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: 2000 };

interface Waiting {
  readonly resolve: (found: readonly FoundRange[]) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that prepares documents, seen from the one that started it. */
export class PrepareThread {
  /** Why nothing more is to be expected of it. */
  failure: Error | undefined;
  private readonly worker: Worker;
  private readonly waiting: Waiting[] = [];

  constructor(data: ThreadData) {
    this.worker = new Worker(THREAD, { workerData: data, resourceLimits: RESOURCE_LIMITS });
    this.worker.on("message", (reply: ThreadAnswer) => {
      if ("found" in reply) this.waiting.shift()?.resolve(reply.found);
      else this.fail(fromPlainError(reply.error));
    });
    this.worker.on("error", (error) => this.fail(linkwrightError("L531", { why: error.message }, error)));
    this.worker.on("exit", (code) =>
      this.fail(linkwrightError("L531", { why: `it ended with code ${code}` })),
    );
  }

  /** Answers come in the order of the requests. @throws L531, what the thread meets */
  ask(request: ThreadRequest): Promise<readonly FoundRange[]> {
    const answer = new Promise<readonly FoundRange[]>((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.waiting.push({ resolve, reject });
      this.worker.postMessage(request);
    });
    answer.catch(() => {}); // `failure` tells, even those that don't wait
    return answer;
  }

  /** Nothing is waited for any more. */
  fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.failure);
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
