import type { IncomingMessage } from "node:http";
import { setTimeout } from "node:timers/promises";
import { readLineBlocks } from "../text/lines.js";
import { PoolError, type WorkerPool } from "./worker-pool.js";

/** Documents that are linked together. */
const BATCH = 32;
/** How long a stream waits when other requests have filled the queue. */
const BUSY_MS = 20;

export interface LineStreamOptions {
  readonly candidates: boolean;
  /** Batches that are on their way at once. */
  readonly ahead: number;
  /** Longest line, in bytes. */
  readonly lineLimit: number;
  readonly onLinked: (documents: number) => void;
}

/** Linked documents, a line for each line that comes in, in their order; it reads no faster than it is read. */
export async function* linkStreamed(
  body: IncomingMessage,
  pool: WorkerPool,
  { candidates, ahead, lineLimit, onLinked }: LineStreamOptions,
): AsyncGenerator<string> {
  const underway: Promise<string[]>[] = [];
  async function* finished(atMost: number): AsyncGenerator<string> {
    while (underway.length > atMost) {
      const lines = await (underway.shift() as Promise<string[]>);
      onLinked(lines.length);
      yield `${lines.join("\n")}\n`;
    }
  }
  for await (const { lines, firstLine } of batches(withShortLines(body, lineLimit))) {
    const linked = patiently(() => pool.run("lines", { lines, firstLine, candidates }));
    linked.catch(() => {}); // who awaits it meets its error
    underway.push(linked);
    yield* finished(ahead - 1);
  }
  yield* finished(0);
}

/** Lines that are not blank, some at a time. */
async function* batches(
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ lines: readonly string[]; firstLine: number }> {
  for await (const { lines, firstLine } of readLineBlocks(stream, "body")) {
    for (let from = 0; from < lines.length; from += BATCH) {
      const some = lines.slice(from, from + BATCH);
      // Blank lines keep their number and are answered by nothing: runs between them stay together.
      for (let start = 0; start < some.length; ) {
        const end = some.findIndex((line, i) => i >= start && line.trim() === "");
        const past = end < 0 ? some.length : end;
        if (past > start) yield { lines: some.slice(start, past), firstLine: firstLine + from + start };
        start = past + 1;
      }
    }
  }
}

/** The same bytes; a line without end is refused before it fills the memory. */
async function* withShortLines(body: IncomingMessage, limit: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    const last = chunk.lastIndexOf(0x0a);
    length = last < 0 ? length + chunk.length : chunk.length - 1 - last;
    if (length > limit)
      throw Object.assign(new Error(`a line is longer than ${limit} bytes`), { statusCode: 413 });
    yield chunk;
  }
}

/** A stream waits where a single request is told to come back. */
async function patiently<T>(run: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof PoolError) || error.reason !== "busy") throw error;
      await setTimeout(BUSY_MS);
    }
  }
}
