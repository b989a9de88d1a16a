import { Worker } from "node:worker_threads";
import { LinkwrightError, linkwrightError } from "../../errors.js";
import type { SharedModel } from "../../server/shared-model.js";
import type { Batch } from "./batches.js";
import type { ThreadAnswer, ThreadData, ThreadLinker, ThreadRequest } from "./thread-data.js";

const THREAD = new URL("./thread.js", import.meta.url);

interface Job {
  readonly request: ThreadRequest;
  readonly resolve: (answer: ThreadAnswer) => void;
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

  /** Starts so many threads; they link once they have a model. */
  constructor(data: ThreadData, count: number) {
    for (let i = 0; i < count; i++) this.workers.push(this.start(data));
  }

  /** @returns what one of the threads says of its linker: they are all alike @throws what the first of them fails with, L857 */
  async open(model: SharedModel): Promise<ThreadLinker> {
    const answers = await Promise.all(this.workers.map((worker) => this.ask(worker, { model })));
    return (answers[0] as { readonly linker: ThreadLinker }).linker;
  }

  /** @returns the batch's lines of JSONL @throws what linking them throws, L857 */
  async link(batch: Batch): Promise<string> {
    const answer = await new Promise<ThreadAnswer>((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.waiting.push({ request: { batch }, resolve, reject });
      this.giveNext();
    });
    return (answer as { readonly lines: string }).lines;
  }

  /** Ends all threads; what they are at is given up. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private start(data: ThreadData): Worker {
    const worker = new Worker(THREAD, {
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    worker.on("error", (error) => this.fail(error));
    worker.on("exit", (code) => this.fail(new Error(`it ended with code ${code}`)));
    worker.on("message", (answer: ThreadAnswer) => {
      const job = this.current.get(worker);
      this.current.delete(worker);
      if ("message" in answer) job?.reject(errorOf(answer));
      else job?.resolve(answer);
      this.idle.push(worker);
      this.giveNext();
    });
    return worker;
  }

  private ask(worker: Worker, request: ThreadRequest): Promise<ThreadAnswer> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.give(worker, { request, resolve, reject });
    });
  }

  private give(worker: Worker, job: Job): void {
    this.current.set(worker, job);
    worker.postMessage(job.request);
  }

  private giveNext(): void {
    const job = this.idle.length > 0 ? this.waiting.shift() : undefined;
    const worker = job && this.idle.pop();
    if (job && worker) this.give(worker, job);
  }

  /** Ends all work, unless that is what is wanted. */
  private fail(cause: Error): void {
    if (this.isClosed) return;
    this.failure ??= linkwrightError("L857", { why: cause.message }, cause);
    for (const { reject } of [...this.current.values(), ...this.waiting.splice(0)]) reject(this.failure);
    this.current.clear();
  }
}

/** The error that a thread has met, with its class where it has a code. */
function errorOf({ message, code }: { readonly message: string; readonly code: string | undefined }): Error {
  if (code === undefined) return new Error(message);
  return new LinkwrightError(code, message.slice(`[${code}] `.length));
}
