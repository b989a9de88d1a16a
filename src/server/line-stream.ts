import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { inOrder } from "../client/in-order.js";
import { LinkwrightError } from "../errors.js";
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
  /** Aborted when the server ends: what was read by then is answered, and no more is read. */
  readonly ending: AbortSignal;
  readonly onLinked: (documents: number) => void;
}

/** Lines to be linked, or why nothing more can be read. */
type Batch = { readonly lines: readonly string[]; readonly firstLine: number } | { readonly problem: string };

/**
 * Linked documents, a line for each line that comes in, in their order and as soon as they are there; it reads no faster
 * than it is read. What can't be read at all is answered by a last line that says why.
 */
export async function* linkStreamed(
  body: IncomingMessage,
  pool: WorkerPool,
  { candidates, ahead, lineLimit, ending, onLinked }: LineStreamOptions,
): AsyncGenerator<string> {
  const link = async (batch: Batch): Promise<string> => {
    if ("problem" in batch) {
      return `${JSON.stringify({ detail: [{ loc: ["body"], msg: batch.problem, type: "value_error" }] })}\n`;
    }
    const { lines, firstLine } = batch;
    const linked = await patiently(() => pool.run("lines", { lines, firstLine, candidates }));
    onLinked(linked.length);
    return `${linked.join("\n")}\n`;
  };
  yield* inOrder(untilProblem(until(ending, body), lineLimit), link, { concurrency: ahead });
}

/** The bytes of a body until it ends, or the server does. */
function until(ending: AbortSignal, body: IncomingMessage): PassThrough {
  const through = new PassThrough();
  const stop = (): void => {
    body.unpipe(through);
    through.end();
  };
  body.pipe(through);
  body.once("error", (error) => through.destroy(error));
  ending.addEventListener("abort", stop, { once: true });
  through.once("close", () => ending.removeEventListener("abort", stop));
  if (ending.aborted) stop();
  return through;
}

async function* untilProblem(stream: AsyncIterable<Uint8Array>, lineLimit: number): AsyncGenerator<Batch> {
  try {
    yield* batches(withShortLines(stream, lineLimit));
  } catch (error) {
    if (!(error instanceof LinkwrightError || error instanceof LongLine)) throw error;
    yield { problem: error.message };
  }
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

class LongLine extends Error {}

/** The same bytes; a line without end is refused before it fills the memory. */
async function* withShortLines(stream: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of stream) {
    const last = chunk.lastIndexOf(0x0a);
    length = last < 0 ? length + chunk.length : chunk.length - 1 - last;
    if (length > limit) throw new LongLine(`a line is longer than ${limit} bytes; nothing after it was read`);
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
