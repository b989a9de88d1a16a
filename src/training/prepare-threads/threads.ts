import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import type { InMemoryLookupKB } from "../../kb/in-memory-lookup-kb.js";
import type { Config } from "../../linker/config.js";
import type { Featurizer } from "../../model/featurizer.js";
import type { DocumentPreparer, Documents, Part, RangeCandidates } from "../document-preparer.js";
import type { Corpora, PartNumbers } from "../prepare.js";
import type { TrainingBasis } from "../training-basis.js";
import { moveToShared } from "./move-to-shared.js";
import {
  type FoundRange,
  newQueue,
  type TakenRange,
  takeRanges,
  toPlain,
  toPlainBasis,
} from "./thread-data.js";
import { PrepareThread } from "./thread-handle.js";

/** Fewer are prepared about as soon in one thread: each has to load and compile the code for itself. */
const FEWEST_MENTIONS = 30_000;
/** Unless a config asks for more: each takes 200 MB at 200,000 mentions, and the mention filter is learned by one alone. */
const MOST_WORKERS = 2;

/** In how many threads documents are prepared, the one that asks among them. */
export function workersFor({ training }: Config, { find, train, dev }: Corpora): number {
  if (find) return 1; // functions stay in their thread
  if (training.workers > 0) return training.workers;
  const mentions = [...train, ...dev].reduce((sum, { ents }) => sum + ents.length, 0);
  return mentions < FEWEST_MENTIONS ? 1 : Math.min(MOST_WORKERS, availableParallelism());
}

/** What threads are started for. */
interface Preparation {
  readonly config: Config;
  readonly kb: InMemoryLookupKB;
  readonly documents: Documents;
  readonly signal?: AbortSignal | undefined;
}

/** What features are made with, and where they go. */
interface Features {
  readonly basis: TrainingBasis;
  readonly featurizer: Featurizer;
  readonly numbers: Record<Part, PartNumbers>;
}

/**
 * Threads that prepare documents together with the one that started them: each takes the next range as soon as it is
 * free. They find candidates from their start on.
 */
export class PrepareThreads {
  private readonly queue = newQueue();
  private readonly threads: readonly PrepareThread[];
  private readonly found: readonly Promise<readonly FoundRange[]>[];
  private readonly signal: AbortSignal | undefined;

  /** @param count beside this thread; the knowledge base moves into shared memory if there are any */
  constructor(count: number, { config, kb, documents, signal }: Preparation) {
    const data = count > 0 && {
      config,
      kb: moveToShared(kb),
      documents: toPlain(documents),
      queue: this.queue,
    };
    this.threads = data ? Array.from({ length: count }, () => new PrepareThread(data)) : [];
    this.found = this.threads.map((thread) => thread.ask({ kind: "candidates" }));
    this.signal = signal;
    signal?.addEventListener("abort", this.abort, { once: true });
  }

  /** The candidates of all ranges, in their order. @throws L531, what finding them throws */
  async candidates(preparer: DocumentPreparer): Promise<RangeCandidates[]> {
    const found: RangeCandidates[] = [];
    await this.takePart(takeRanges(this.queue, "candidates", preparer.ranges), ([index, range]) => {
      found[index] = preparer.candidates(range);
    });
    for (const [index, ofRange] of (await Promise.all(this.found)).flat()) found[index] = ofRange;
    return found;
  }

  /** Fills in the features of all ranges. @throws L531, what making them throws */
  async featurize(preparer: DocumentPreparer, { basis, featurizer, numbers }: Features): Promise<void> {
    const request = { kind: "features", basis: toPlainBasis(basis), numbers } as const;
    const done = this.threads.map((thread) => thread.ask(request));
    await this.takePart(takeRanges(this.queue, "features", preparer.ranges), ([, range]) => {
      preparer.featurize(range, featurizer, numbers[range.part]);
    });
    await Promise.all(done);
  }

  /** Ends the threads, whatever they are at. */
  async close(): Promise<void> {
    this.signal?.removeEventListener("abort", this.abort);
    await Promise.all(this.threads.map((thread) => thread.close()));
  }

  private readonly abort = (): void => {
    for (const thread of this.threads) thread.fail(this.signal?.reason);
  };

  /** Does this thread's share of the ranges, and lets signals and other threads' failures through in between. */
  private async takePart(ranges: Iterable<TakenRange>, work: (taken: TakenRange) => void): Promise<void> {
    for (const taken of ranges) {
      this.signal?.throwIfAborted();
      for (const { failure } of this.threads) if (failure) throw failure;
      work(taken);
      await setImmediate();
    }
    this.signal?.throwIfAborted();
  }
}
