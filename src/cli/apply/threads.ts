import { Worker } from "node:worker_threads";
import { LinkwrightError, linkwrightError } from "../../errors.js";
import type { Batch } from "./batches.js";
import type { ThreadData, ThreadLinker, ThreadMessage } from "./thread-data.js";

const THREAD = new URL("./thread.js", import.meta.url);

interface Job {
  readonly batch: Batch;
  readonly resolve: (lines: string) => void;
  readonly reject: (error: Error) => void;
}

/** What is made for a batch is garbage after it: in more room it is collected less often, which is a tenth of all work. */
const YOUNG_MB = 64;

/**
 * Threads that link over one copy of the knowledge base, each batch as soon as one is free. One that dies ends the work, as
 * what it was at would kill the next one too.
 */
export class Threads {
  private readonly workers: Worker[] = [];
  private readonly idle: Worker[] = [];
  private readonly waiting: Job[] = [];
  private readonly current = new Map<Worker, Job>();
  private failure: Error | undefined;
  private isClosed = false;

  /**
   * Starts so many threads.
   * @returns them, and what one of them says of its linker: they are all alike
   * @throws what the first of them fails with, L857
   */
  static async start(
    data: ThreadData,
    count: number,
  ): Promise<{ readonly threads: Threads; readonly linker: ThreadLinker }> {
    const threads = new Threads();
    try {
      const linkers = await Promise.all(Array.from({ length: count }, () => threads.add(data)));
      return { threads, linker: linkers[0] as ThreadLinker };
    } catch (error) {
      await threads.close();
      throw error;
    }
  }

  /** @returns the batch's lines of JSONL @throws what linking them throws, L857 */
  link(batch: Batch): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.waiting.push({ batch, resolve, reject });
      this.giveNext();
    });
  }

  /** Ends all threads; what they are at is given up. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  /** Starts a thread; it is there once it has a linker. */
  private add(data: ThreadData): Promise<ThreadLinker> {
    const worker = new Worker(THREAD, {
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.workers.push(worker);
    return new Promise((resolve, reject) => {
      const died = (cause: Error): void => reject(this.fail(cause));
      worker.on("error", died);
      worker.on("exit", (code) => died(new Error(`it ended with code ${code}`)));
      worker.on("message", (message: ThreadMessage) => {
        const job = this.current.get(worker);
        this.current.delete(worker);
        if (message.type === "ready") resolve(message.linker);
        if (message.type === "linked") job?.resolve(message.lines);
        if (message.type === "failed") (job?.reject ?? reject)(errorOf(message));
        this.idle.push(worker);
        this.giveNext();
      });
    });
  }

  private giveNext(): void {
    const job = this.idle.length > 0 ? this.waiting.shift() : undefined;
    const worker = job && this.idle.pop();
    if (!job || !worker) return;
    this.current.set(worker, job);
    worker.postMessage(job.batch);
  }

  /** Ends all work, unless that is what is wanted. */
  private fail(cause: Error): Error {
    const failure = linkwrightError("L857", { why: cause.message }, cause);
    if (this.isClosed) return failure;
    this.failure ??= failure;
    for (const { reject } of [...this.current.values(), ...this.waiting.splice(0)]) reject(this.failure);
    this.current.clear();
    return this.failure;
  }
}

/** The error that a thread has met, with its class where it has a code. */
function errorOf({ message, code }: { readonly message: string; readonly code: string | undefined }): Error {
  if (code === undefined) return new Error(message);
  return new LinkwrightError(code, message.slice(`[${code}] `.length));
}
