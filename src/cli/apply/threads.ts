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

  private constructor(
    /** What any of them says of its linker. */
    readonly linker: ThreadLinker,
  ) {}

  /** Starts so many threads. @throws what the first of them fails with, L857 */
  static async start(data: ThreadData, count: number): Promise<Threads> {
    const options = { workerData: data, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } };
    const workers = Array.from({ length: count }, () => new Worker(THREAD, options));
    try {
      const linkers = await Promise.all(workers.map(ready));
      const threads = new Threads(linkers[0] as ThreadLinker);
      for (const worker of workers) threads.add(worker);
      return threads;
    } catch (error) {
      await Promise.all(workers.map((worker) => worker.terminate()));
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
    for (const worker of this.workers) worker.removeAllListeners();
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private add(worker: Worker): void {
    this.workers.push(worker);
    this.idle.push(worker);
    worker.on("message", (message: ThreadMessage) => {
      const job = this.current.get(worker);
      this.current.delete(worker);
      this.idle.push(worker);
      if (message.type === "linked") job?.resolve(message.lines);
      if (message.type === "failed") job?.reject(errorOf(message));
      this.giveNext();
    });
    worker.on("error", (cause) => this.fail(cause));
    worker.on("exit", (code) => this.fail(new Error(`it ended with code ${code}`)));
  }

  private giveNext(): void {
    const job = this.idle.length > 0 ? this.waiting.shift() : undefined;
    const worker = job && this.idle.pop();
    if (!job || !worker) return;
    this.current.set(worker, job);
    worker.postMessage(job.batch);
  }

  private fail(cause: Error): void {
    this.failure ??= linkwrightError("L857", { why: cause.message }, cause);
    for (const { reject } of [...this.current.values(), ...this.waiting.splice(0)]) reject(this.failure);
    this.current.clear();
  }
}

/** What a thread says of its linker, once it has one. */
function ready(worker: Worker): Promise<ThreadLinker> {
  return new Promise((resolve, reject) => {
    const died = (cause: Error): void => reject(linkwrightError("L857", { why: cause.message }, cause));
    const exited = (code: number): void => died(new Error(`it ended with code ${code}`));
    worker.once("error", died).once("exit", exited);
    worker.once("message", (message: ThreadMessage) => {
      worker.off("error", died).off("exit", exited);
      if (message.type === "ready") resolve(message.linker);
      if (message.type === "failed") reject(errorOf(message));
    });
  });
}

/** The error that a thread has met, with its class where it has a code. */
function errorOf({ message, code }: { readonly message: string; readonly code: string | undefined }): Error {
  if (code === undefined) return new Error(message);
  return new LinkwrightError(code, message.slice(`[${code}] `.length));
}
