import type { FileHandle } from "node:fs/promises";

/** What an output depends on besides its documents, by names that messages can use. */
export type Identity = Readonly<Record<string, string | number | boolean>>;

/** A batch whose lines are written. */
export interface Entry {
  readonly documents: number;
  /** Of its lines. */
  readonly bytes: number;
  /** Hash of the documents as they were read. */
  readonly input: string;
  /** Hash of its lines. */
  readonly output: string;
}

/** What stands in a journal: a line that says which run it is of, and one for each batch. */
export interface Journal {
  readonly identity: Identity;
  readonly entries: readonly Entry[];
}

/** A journal as far as it is whole; undefined where not even its first line is. */
export function parseJournal(text: string): Journal | undefined {
  const [first, ...rest] = text.split("\n").slice(0, -1); // what no line end follows was cut off
  const identity = first === undefined ? undefined : (parsed(first) as Identity | undefined);
  if (!identity) return undefined;
  const entries: Entry[] = [];
  for (const line of rest) {
    const entry = parsed(line);
    if (!isEntry(entry)) break;
    entries.push(entry);
  }
  return { identity, entries };
}

export const journalLine = (line: Identity | Entry): Uint8Array => Buffer.from(`${JSON.stringify(line)}\n`);

/** A file that is written to from a place on, whatever stands there. */
export class Tail {
  constructor(
    readonly handle: FileHandle,
    public at = 0,
  ) {}

  async append(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      const { bytesWritten } = await this.handle.write(bytes, from, bytes.length - from, this.at + from);
      from += bytesWritten;
    }
    this.at += bytes.length;
  }
}

function isEntry(json: Partial<Entry> | undefined): json is Entry {
  const { documents, bytes, input, output } = json ?? {};
  return (
    Number.isSafeInteger(documents) &&
    Number.isSafeInteger(bytes) &&
    typeof input === "string" &&
    typeof output === "string"
  );
}

function parsed(line: string): object | undefined {
  try {
    const json: unknown = JSON.parse(line);
    return typeof json === "object" && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}
