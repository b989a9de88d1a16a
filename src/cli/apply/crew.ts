import { setImmediate } from "node:timers/promises";
import type { Batch } from "./batches.js";

/** Batches that a thread has at hand: one that it links, and one to go on with while this thread is at a batch itself. */
const AT_HAND = 2;

/** A thread, as far as batches are handed to it. */
export interface Hand {
  /** Batches that it has yet to answer. */
  readonly load: number;
  link(batch: Batch): Promise<string>;
}

interface Job {
  readonly batch: Batch;
  readonly resolve: (lines: string) => void;
  readonly reject: (error: Error) => void;
}

/** Hands batches to threads; what they have no hand free for, this thread links itself. */
export class Crew {
  private readonly waiting: Job[] = [];
  private isLinkingHere = false;

  constructor(
    private readonly threads: readonly Hand[],
    private readonly linkHere: (batch: Batch) => Promise<string>,
  ) {}

  /** @returns the batch's lines of JSONL @throws what linking throws, wherever it is done */
  link(batch: Batch): Promise<string> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ batch, resolve, reject });
      this.handOut();
    });
  }

  /** Hands nothing out any more. */
  stop(): void {
    this.waiting.length = 0;
  }

  private handOut(): void {
    for (let load = 0; load < AT_HAND; load++) {
      for (const thread of this.threads) {
        if (thread.load <= load) void this.giveNext((batch) => thread.link(batch));
      }
    }
    if (this.waiting.length > 0 && !this.isLinkingHere) void this.linkNext();
  }

  private async giveNext(link: (batch: Batch) => Promise<string>): Promise<void> {
    const job = this.waiting.shift();
    if (!job) return;
    await link(job.batch).then(job.resolve, job.reject);
    this.handOut();
  }

  private async linkNext(): Promise<void> {
    this.isLinkingHere = true;
    await setImmediate(); // what was read, written and answered meanwhile comes first
    await this.giveNext(this.linkHere);
    this.isLinkingHere = false;
    this.handOut();
  }
}
