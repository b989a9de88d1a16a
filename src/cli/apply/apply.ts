import { inOrder } from "../../client/in-order.js";
import { linkwrightError } from "../../errors.js";
import { type Input, inputFiles } from "../../formats/input-files.js";
import { targetOf, writeBlocks } from "../../formats/write-blocks.js";
import { interruptSignal, makeProgress, type Progress, say } from "../progress.js";
import { type Batch, bytesOfBatch, readBatches } from "./batches.js";
import { type Links, openLinks } from "./links.js";
import { identityOf, type RunArguments } from "./run-identity.js";
import { UnfinishedOutput } from "./unfinished-output.js";

/** How long a batch waits for the next document from stdin: somebody may write one and wait for its links. */
const FLUSH_MS = 50;
/** Batches on their way for each thread: one that it links, one that waits for it, one that waits for those before it. */
const AHEAD = 3;

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
    const run = new Run(input, links, signal, workers);
    if (!isKept) return await writeBlocks(out, run.lines());
    const identity = await identityOf(given, links.about);
    const begin = given.resume ? UnfinishedOutput.goOn : UnfinishedOutput.begin;
    await run.writeTo(await begin({ path: out, target }, identity));
  } finally {
    await links.close();
  }
}

/** Where documents come from and lines go to; and whether both are files, so that the work can be gone on with. */
async function placesOf(given: ApplyArguments): Promise<{ input: Input; target: string; isKept: boolean }> {
  const { target, isStored, isFolder } = await targetOf(given.out);
  if (isFolder) throw linkwrightError("L853", { path: given.out });
  const input = await inputFiles(given.in, target);
  const isKept = input.isStored && isStored;
  if (given.resume && !isKept) {
    const what = input.isStored ? `${given.out} is no file` : `${given.in} can't be read again`;
    throw linkwrightError("L851", { what });
  }
  return { input, target, isKept };
}

/** The work on all documents, in their order. */
class Run {
  private readonly progress: Progress = makeProgress("linking");
  private documents = 0;
  private bytes = 0;

  constructor(
    private readonly input: Input,
    private readonly links: Links,
    private readonly signal: AbortSignal,
    private readonly workers: number,
  ) {}

  /** What is linked, in lines of JSONL. @throws L106 */
  async *lines(): AsyncGenerator<string> {
    for await (const { lines } of this.linked(this.batches())) yield lines;
    this.refuseEmpty();
  }

  /** Writes what an output lacks yet; after an error it can be gone on with. */
  async writeTo(output: UnfinishedOutput): Promise<void> {
    const { documentsBefore } = output;
    if (documentsBefore > 0) say(`${output.partialPath}: goes on after ${documentsBefore} documents`);
    try {
      const remaining = output.remaining(this.batches(), (batch) => this.advance(batch));
      for await (const { batch, lines } of this.linked(remaining)) await output.write(batch, lines);
      this.refuseEmpty();
      await output.finish();
    } catch (error) {
      this.progress.clear();
      await output.leave();
      if (!output.isEmpty)
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
    const { signal, workers } = this;
    const concurrency = workers === 1 ? 1 : workers * AHEAD;
    for await (const linked of inOrder(errorsInTurn(batches), link, { concurrency, signal })) {
      yield linked;
      this.advance(linked.batch);
    }
    this.progress.clear();
  }

  private advance(batch: Batch): void {
    this.documents += batch.length;
    this.bytes += bytesOfBatch(batch);
    const { bytes } = this.input;
    if (bytes !== undefined)
      this.progress.update(Math.min(this.bytes, bytes), bytes, `${this.documents} documents`);
  }

  private refuseEmpty(): void {
    const [{ path }] = this.input.files as [Input["files"][number]];
    if (this.documents === 0) throw linkwrightError("L106", { file: path === "-" ? "stdin" : path });
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
