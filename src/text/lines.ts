import { LinkwrightError, linkwrightError } from "../errors.js";

/** Neighbouring lines of a file, without their line ends. */
export interface LineBlock {
  /** Number of the first of the lines; a file begins with line 1. */
  readonly firstLine: number;
  readonly lines: readonly string[];
}

const NEWLINE = 0x0a;

/**
 * The lines of a UTF-8 byte stream, in blocks as they arrive, so that a loop over lines need not await each.
 * Only LF and CRLF end a line: U+2028 and a lone CR may stand raw inside JSON. A byte order mark is dropped.
 *
 * @param name what messages call the stream
 * @throws L107 a line is not UTF-8; those before it were given
 */
export async function* readLineBlocks(
  stream: AsyncIterable<Uint8Array | string>,
  name: string,
): AsyncGenerator<LineBlock> {
  let firstLine = 1;
  let pending: Uint8Array[] = [];
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      pending.push(bytes.subarray(0, end - 1));
      firstLine += yield* blockOf(joined(pending), firstLine, name);
      pending = [];
    }
    if (end < bytes.length) pending.push(bytes.subarray(end));
  }
  if (pending.length > 0) yield* blockOf(joined(pending), firstLine, name);
}

/**
 * A whole text out of its UTF-8 bytes; a byte order mark is dropped.
 *
 * @param name what messages call it
 * @throws L107 it is not UTF-8
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  return decode(bytes, 1, name);
}

/** Whether an error came from a stream that can't be read, rather than from what it holds. */
export function isSystemError(error: unknown): error is Error {
  return error instanceof Error && !(error instanceof LinkwrightError) && "syscall" in error;
}

/** Gives lines as a block and returns how many; of broken bytes the lines before them. @throws L107 after that */
function* blockOf(bytes: Uint8Array, firstLine: number, name: string): Generator<LineBlock, number> {
  let lines: string[];
  try {
    lines = linesOf(decode(bytes, firstLine, name));
  } catch (error) {
    const end = startOfLine(bytes, lineOfBrokenBytes(bytes));
    if (end > 0) yield { firstLine, lines: linesOf(decode(bytes.subarray(0, end - 1), firstLine, name)) };
    throw error;
  }
  yield { firstLine, lines };
  return lines.length;
}

function linesOf(text: string): string[] {
  return text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

/** Where a line begins, counted from 0. */
function startOfLine(bytes: Uint8Array, line: number): number {
  let start = 0;
  for (let i = 0; i < line; i++) start = bytes.indexOf(NEWLINE, start) + 1;
  return start;
}

function decode(bytes: Uint8Array, firstLine: number, name: string): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: firstLine > 1 });
  try {
    return decoder.decode(bytes);
  } catch (error) {
    const line = firstLine + lineOfBrokenBytes(bytes);
    throw linkwrightError("L107", { where: `${name}:${line}` }, error);
  }
}

/** How many line ends come before the first bytes that are not UTF-8. */
function lineOfBrokenBytes(bytes: Uint8Array): number {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const reencoded = new TextEncoder().encode(text);
  let line = 0;
  for (let at = 0; at < bytes.length && bytes[at] === reencoded[at]; at++) {
    if (bytes[at] === NEWLINE) line++;
  }
  return line;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
