import { createReadStream } from "node:fs";
import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import { linkwrightError } from "../errors.js";
import type { Doc } from "../text/doc.js";
import { isSystemError, readLineBlocks } from "../text/lines.js";
import { docToJson, parseDoc } from "./doc-json.js";

export { docToJson, parseDoc };

export interface ReadDocsOptions {
  /** What the path `"-"` reads. @default process.stdin */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
  /** Whether a file without documents is fine. @default false */
  readonly allowEmpty?: boolean;
}

export interface WriteDocsOptions {
  /** What the path `"-"` writes to. @default process.stdout */
  readonly stdout?: NodeJS.WritableStream;
}

/**
 * The documents of a JSONL file, one a line, read as they are asked for. Blank lines are skipped.
 *
 * @param path a file, or `"-"` for stdin
 * @throws L100 the file can't be read, L101 a line is not JSON, L106 no documents, L107 not UTF-8, and `parseDoc`'s
 */
export async function* readDocs(path: string, options: ReadDocsOptions = {}): AsyncGenerator<Doc> {
  const file = path === "-" ? "stdin" : path;
  const stream = path === "-" ? (options.stdin ?? process.stdin) : createReadStream(path);
  let isEmpty = true;
  try {
    for await (const { firstLine, lines } of readLineBlocks(stream, file)) {
      for (const [i, line] of lines.entries()) {
        if (line.trim() === "") continue;
        const location = { file, line: firstLine + i };
        isEmpty = false;
        yield parseDoc(parseLine(line, location), location);
      }
    }
  } catch (error) {
    throw isSystemError(error) ? linkwrightError("L100", { file, why: reasonOf(error) }, error) : error;
  }
  if (isEmpty && !options.allowEmpty) throw linkwrightError("L106", { file });
}

function parseLine(line: string, { file, line: number }: { file: string; line: number }): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw linkwrightError("L101", { where: `${file}:${number}`, why: reasonOf(error) }, error);
  }
}

/**
 * Writes documents as JSONL, one a line, no faster than the target takes them. A file appears under its name only
 * when it is complete; after an error what was there before is unchanged and nothing is left behind.
 *
 * @param path a file, or `"-"` for stdout, which gets each document at once
 * @returns how many documents were written
 * @throws L108 the target can't be written; errors of `docs` as they are
 */
export async function writeDocs(
  path: string,
  docs: AsyncIterable<Doc> | Iterable<Doc>,
  options: WriteDocsOptions = {},
): Promise<number> {
  if (path === "-") return writeToStream(options.stdout ?? process.stdout, docs);
  const target = await realpath(path).catch(() => path);
  const isDevice = await stat(target).then(
    (found) => !found.isFile() && !found.isDirectory(),
    () => false,
  );
  if (isDevice) return writeToFile(path, target, docs);
  const temporary = `${target}.tmp-${process.pid}`;
  try {
    const count = await writeToFile(path, temporary, docs);
    await writing(path, rename(temporary, target));
    return count;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeToFile(
  path: string,
  file: string,
  docs: AsyncIterable<Doc> | Iterable<Doc>,
): Promise<number> {
  const handle = await writing(path, open(file, "w"));
  try {
    const count = await writeLines(path, docs, {
      blockCharacters: BLOCK_CHARACTERS,
      write: (text) => handle.appendFile(text),
    });
    await writing(path, flushed(handle));
    return count;
  } finally {
    await handle.close();
  }
}

function writeToStream(
  stream: NodeJS.WritableStream,
  docs: AsyncIterable<Doc> | Iterable<Doc>,
): Promise<number> {
  const write = (text: string) =>
    new Promise<void>((resolve, reject) => {
      stream.once("error", reject); // without a listener the event, which comes after the callback, ends the process
      stream.write(text, (error) => {
        if (error) return reject(error);
        stream.off("error", reject);
        resolve();
      });
    });
  return writeLines("stdout", docs, { blockCharacters: 0, write });
}

/** Characters that are collected before a file is written to. */
const BLOCK_CHARACTERS = 1 << 16;

async function writeLines(
  path: string,
  docs: AsyncIterable<Doc> | Iterable<Doc>,
  { blockCharacters, write }: { blockCharacters: number; write: (text: string) => Promise<void> },
): Promise<number> {
  let block = "";
  let count = 0;
  for await (const doc of docs) {
    count++;
    block += lineOf(doc, { path, number: count });
    if (block.length <= blockCharacters) continue;
    await writing(path, write(block));
    block = "";
  }
  if (block !== "") await writing(path, write(block));
  return count;
}

/** JSON.parse takes what JSON.stringify can't give: keys that linkwright does not know may be nested to any depth. */
function lineOf(doc: Doc, { path, number }: { path: string; number: number }): string {
  try {
    return `${JSON.stringify(docToJson(doc))}\n`;
  } catch (error) {
    const why = `document ${number} has no JSON (${reasonOf(error)})`;
    throw linkwrightError("L108", { path, why }, error);
  }
}

/** To the disk, so that a rename can't outrun the bytes; devices and pipes have nothing to flush. */
async function flushed(handle: FileHandle): Promise<void> {
  if ((await handle.stat()).isFile()) await handle.sync();
}

async function writing<T>(path: string, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw linkwrightError("L108", { path, why: reasonOf(error) }, error);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
