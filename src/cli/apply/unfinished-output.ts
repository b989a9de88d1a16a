import { createHash } from "node:crypto";
import { type FileHandle, open, readFile, rename, rm, stat } from "node:fs/promises";
import { linkwrightError } from "../../errors.js";
import { writing } from "../../formats/write-blocks.js";
import { type Batch, hashOfBatch, placeOf } from "./batches.js";
import { type Entry, type Identity, journalLine, parseJournal, Tail } from "./journal.js";

/** Paths of an output. */
interface Paths {
  /** As the user named it, for messages. */
  readonly path: string;
  /** Where that leads. */
  readonly target: string;
}

/**
 * An output that gets its name when it is complete, and which can be gone on with until then: lines are written to
 * `NAME.partial`, and which documents they are of to `NAME.partial-journal`. Each batch is written before the journal says
 * so, and both carry hashes, so that the process may die at any moment. All writing is to places that follow from the
 * documents alone: what stands there by accident, as half a batch does, is written over by what belongs there.
 */
export class UnfinishedOutput {
  private constructor(
    private readonly paths: Paths,
    private readonly output: Tail,
    private readonly journal: Tail,
    /** What an earlier run says it has written, to be looked at. */
    private readonly earlier: readonly Entry[],
    /** Whether an earlier run's unfinished lines had to go. */
    readonly hasReplaced: boolean,
  ) {}

  /** Documents that an earlier run says it has written. */
  get documentsBefore(): number {
    return this.earlier.reduce((sum, { documents }) => sum + documents, 0);
  }
  get partialPath(): string {
    return partialOf(this.paths);
  }
  /** Whether neither this run nor an earlier one has written anything. */
  get isEmpty(): boolean {
    return this.output.at === 0 && this.earlier.length === 0;
  }

  /** Begins anew; what an earlier run has left is gone. @throws L108 */
  static async begin(paths: Paths, identity: Identity): Promise<UnfinishedOutput> {
    const { path } = paths;
    const hasReplaced = ((await sizeOf(partialOf(paths))) ?? 0) > 0;
    await writing(path, rm(partialOf(paths), { force: true }));
    await writing(path, rm(journalOf(paths), { force: true }));
    const journal = new Tail(await writing(path, open(journalOf(paths), "wx+")));
    await writing(path, journal.append(journalLine(identity)));
    const output = new Tail(await writing(path, open(partialOf(paths), "wx+")));
    return new UnfinishedOutput(paths, output, journal, [], hasReplaced);
  }

  /**
   * Goes on with what an earlier run has left, or begins if there is nothing.
   * @throws L854 that was another run, L856 its journal is missing or damaged, L108
   */
  static async goOn(paths: Paths, identity: Identity): Promise<UnfinishedOutput> {
    const { path } = paths;
    const partial = partialOf(paths);
    const size = await sizeOf(partial);
    if (size === undefined) return UnfinishedOutput.begin(paths, identity);
    const text = await readFile(journalOf(paths), "utf8").catch(() => undefined);
    const found = text === undefined ? undefined : parseJournal(text);
    if (!found && size === 0) return UnfinishedOutput.begin(paths, identity);
    if (!found) {
      const why = `${journalOf(paths)} is ${text === undefined ? "missing" : "damaged"}`;
      throw linkwrightError("L856", { path: partial, why });
    }
    refuseOther(partial, found.identity, identity);
    const journal = new Tail(await writing(path, open(journalOf(paths), "r+")));
    journal.at = journalLine(found.identity).length;
    return new UnfinishedOutput(
      paths,
      new Tail(await writing(path, open(partial, "r+"))),
      journal,
      found.entries,
      false,
    );
  }

  /**
   * The batches that are still to be linked and written.
   * @param onSkipped called with each that is written already
   * @throws L855 the documents are not those that were linked
   */
  async *remaining(batches: AsyncIterable<Batch>, onSkipped: (batch: Batch) => void): AsyncGenerator<Batch> {
    let known = this.earlier;
    let documents = 0;
    for await (const batch of batches) {
      documents += batch.length;
      const [entry] = known;
      if (entry) this.refuseChanged(batch, entry);
      if (entry && (await this.holds(entry))) {
        this.output.at += entry.bytes;
        this.journal.at += journalLine(entry).length;
        known = known.slice(1);
        onSkipped(batch);
      } else {
        known = [];
        yield batch;
      }
    }
    if (known.length > 0) this.refuse(`they end after ${documents} of ${this.documentsBefore}`);
  }

  /** Writes the lines of the next of the remaining batches. @throws L108 */
  async write(batch: Batch, lines: string): Promise<void> {
    const bytes = Buffer.from(lines);
    const entry: Entry = {
      documents: batch.length,
      bytes: bytes.length,
      input: hashOfBatch(batch),
      output: hashOf(bytes),
    };
    await writing(this.paths.path, this.output.append(bytes));
    await writing(this.paths.path, this.journal.handle.truncate(this.journal.at));
    await writing(this.paths.path, this.journal.append(journalLine(entry)));
  }

  /** Puts the output in its place. @throws L108, L858 */
  async finish(): Promise<void> {
    const { path, target } = this.paths;
    const { handle, at } = this.output;
    await writing(path, handle.truncate(at));
    await writing(path, handle.sync());
    if (!(await isAt(partialOf(this.paths), handle)))
      throw linkwrightError("L858", { path: partialOf(this.paths) });
    await writing(path, rename(partialOf(this.paths), target));
    await writing(path, rm(journalOf(this.paths), { force: true }));
    await this.close();
  }

  /** Leaves what is written for a later run; nothing at all where nothing is. */
  async leave(): Promise<void> {
    const isOurs = await isAt(partialOf(this.paths), this.output.handle);
    await this.close();
    if (!this.isEmpty || !isOurs) return;
    await rm(partialOf(this.paths), { force: true });
    await rm(journalOf(this.paths), { force: true });
  }

  private async close(): Promise<void> {
    await this.output.handle.close();
    await this.journal.handle.close();
  }

  /** Whether the lines of a batch are there as they were written. */
  private async holds({ bytes, output }: Entry): Promise<boolean> {
    const found = Buffer.alloc(bytes);
    const { bytesRead } = await writing(
      this.paths.path,
      this.output.handle.read(found, 0, bytes, this.output.at),
    );
    return bytesRead === bytes && hashOf(found) === output;
  }

  private refuseChanged(batch: Batch, { input }: Entry): void {
    if (hashOfBatch(batch) === input) return;
    const [first, last] = [batch.at(0), batch.at(-1)].map((raw) => (raw ? placeOf(raw) : "their end"));
    this.refuse(`see ${first} to ${last}`);
  }

  private refuse(difference: string): never {
    throw linkwrightError("L855", { path: partialOf(this.paths), difference });
  }
}

const partialOf = ({ target }: Paths): string => `${target}.partial`;
const journalOf = ({ target }: Paths): string => `${target}.partial-journal`;

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    (found) => found.size,
    () => undefined,
  );
}

function refuseOther(path: string, found: Identity, expected: Identity): void {
  for (const key of Object.keys({ ...found, ...expected })) {
    if (found[key] === expected[key]) continue;
    throw linkwrightError("L854", { path, key, found: String(found[key]), expected: String(expected[key]) });
  }
}

/** Whether a path still leads to the file that is open. */
async function isAt(path: string, handle: FileHandle): Promise<boolean> {
  const own = await handle.stat();
  return stat(path).then(
    ({ dev, ino }) => dev === own.dev && ino === own.ino,
    () => false,
  );
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
