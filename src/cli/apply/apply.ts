import { inOrder } from "../../client/in-order.js";
import { LinkwrightError, linkwrightError } from "../../errors.js";
import { type Input, inputFiles } from "../../formats/input-files.js";
import { targetOf, writeBlocks } from "../../formats/write-blocks.js";
import { interruptSignal, makeProgress, type Progress, say } from "../progress.js";
import { type Batch, bytesOfBatch, readBatches } from "./batches.js";
import type { Identity } from "./journal.js";
import { type Links, openLinks } from "./links.js";
import { identityOf, type RunArguments } from "./run-identity.js";
import { UnfinishedOutput } from "./unfinished-output.js";

/** How long a batch waits for the next document from stdin: somebody may write one and wait for its links. */
const FLUSH_MS = 50;
/** Batches on their way for each thread: one that it links, one that waits for it, one that waits for those before it. */
const AHEAD = 3;
/** Errors that say themselves that and why there is no going on. */
const REFUSALS = ["L855", "L858"];

export interface ApplyArguments extends RunArguments {
  /** `"-"` for stdin. */
  readonly in: string;
  /** `"-"` for stdout. */
  readonly out: string;
  /** @default 1 */
  readonly workers: number | undefined;
  readonly resume: boolean;
}

interface Linked {
  readonly batch: Batch;
  readonly lines: string;
}

/** Links the documents of a file or folder, or of stdin, and writes them as JSONL. */
export async function apply(given: ApplyArguments): Promise<void> {
  const { workers = 1, candidates, detect, out } = given;
  const { input, target, isKept } = await placesOf(given);
  if (input.skipped > 0) say(`${given.in}: ${input.skipped} other files skipped`);
  const signal = interruptSignal();
  if (given.in === "-") signal.addEventListener("abort", () => process.stdin.destroy()); // it may wait for more
  const links = await openLinks(given, { workers, candidates, detect, output: out, hash: isKept, signal });
  try {
    const isMixed = out === "-" && process.stdout.isTTY; // lines and a bar on one terminal
    const progress = isMixed ? undefined : makeProgress("linking");
    const run = new Run(input, links, {
      name: given.in === "-" ? "stdin" : given.in,
      signal,
      workers,
      progress,
    });
    if (!isKept) return await writeBlocks(out, run.lines());
    await run.writeTo(await openOutput(given, target, await identityOf(given, links.about)));
  } finally {
    await links.close();
  }
}

async function openOutput(
  { out: path, resume }: ApplyArguments,
  target: string,
  identity: Identity,
): Promise<UnfinishedOutput> {
  const paths = { path, target };
  const output = await (resume ? UnfinishedOutput.goOn : UnfinishedOutput.begin)(paths, identity);
  const { partialPath, documentsBefore, hasReplaced } = output;
  if (documentsBefore > 0) say(`${partialPath}: goes on after ${documentsBefore} documents`);
  if (hasReplaced) say(`${partialPath} of an earlier run is replaced; --resume would have gone on with it`);
  return output;
}

/** Where documents come from and lines go to; and whether both are files, so that the work can be gone on with. */
async function placesOf(given: ApplyArguments): Promise<{ input: Input; target: string; isKept: boolean }> {
  const { target, isStored, isFolder } = await targetOf(given.out);
  if (isFolder) throw linkwrightError("L853", { path: given.out });
  const input = await inputFiles(given.in, target).catch((error) => {
    throw namedFile(error, given.in);
  });
  const isKept = input.isStored && isStored;
  if (given.resume && !isKept) {
    const what = input.isStored ? `${given.out} is no file` : `${given.in} can't be read again`;
    throw linkwrightError("L851", { what });
  }
  return { input, target, isKept };
}

/** What was wrong with one file of a folder is told of that file; other errors stay as they are. */
function namedFile(error: unknown, folder: string): unknown {
  const { path, syscall, message } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
  const isOfFolder = syscall === "stat" && path !== undefined && path !== folder;
  return isOfFolder ? linkwrightError("L859", { path, folder, why: message }, error) : error;
}

interface RunOptions {
  /** What messages call the input. */
  readonly name: string;
  readonly signal: AbortSignal;
  readonly workers: number;
  readonly progress: Progress | undefined;
}

/** The work on all documents, in their order. */
class Run {
  private documents = 0;
  private bytes = 0;

  constructor(
    private readonly input: Input,
    private readonly links: Links,
    private readonly options: RunOptions,
  ) {}

  /** What is linked, in lines of JSONL. @throws L106 */
  async *lines(): AsyncGenerator<string> {
    for await (const { lines } of this.linked(this.batches())) yield lines;
    this.refuseEmpty();
  }

  /** Writes what an output lacks yet; after an error it can be gone on with. */
  async writeTo(output: UnfinishedOutput): Promise<void> {
    try {
      const remaining = output.remaining(this.batches(), (batch) => this.advance(batch));
      for await (const { batch, lines } of this.linked(remaining)) await output.write(batch, lines);
      this.refuseEmpty();
      await output.finish();
    } catch (error) {
      await output.leave();
      const isRefused = error instanceof LinkwrightError && REFUSALS.includes(error.code);
      if (!output.isEmpty && !isRefused)
        say(`${output.partialPath} has what is done: the same command with --resume goes on`);
      throw error;
    }
  }

  private batches(): AsyncGenerator<Batch> {
    return readBatches(this.input.files, this.input.isStored ? undefined : FLUSH_MS);
  }

  private async *linked(batches: AsyncGenerator<Batch>): AsyncGenerator<Linked> {
    const link = async (batch: Batch | Failed): Promise<Linked> => {
      if (batch instanceof Failed) throw batch.error;
      return { batch, lines: await this.links.link(batch) };
    };
    const { signal, workers, progress } = this.options;
    const concurrency = workers === 1 ? 1 : workers * AHEAD;
    try {
      for await (const linked of inOrder(errorsInTurn(batches), link, { concurrency, signal })) {
        yield linked;
        this.advance(linked.batch);
      }
    } finally {
      progress?.clear();
    }
  }

  private advance(batch: Batch): void {
    this.documents += batch.length;
    this.bytes += bytesOfBatch(batch);
    const { bytes } = this.input;
    if (bytes !== undefined)
      this.options.progress?.update(Math.min(this.bytes, bytes), bytes, `${this.documents} documents`);
  }

  private refuseEmpty(): void {
    if (this.documents === 0) throw linkwrightError("L106", { file: this.options.name });
  }
}

/** Why no more can be read. */
class Failed {
  constructor(readonly error: unknown) {}
}

/** Items, and last what stopped them: those before it are still finished. */
async function* errorsInTurn(batches: AsyncGenerator<Batch>): AsyncGenerator<Batch | Failed> {
  try {
    yield* batches;
  } catch (error) {
    yield new Failed(error);
  }
}
