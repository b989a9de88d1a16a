import { linkwrightError } from "../errors.js";
import type { Doc } from "../text/doc.js";
import { docToJson, parseDoc } from "./doc-json.js";
import { parseRaw, type ReadRawOptions, readRawLines } from "./raw-documents.js";
import { type WriteOptions, writeBlocks } from "./write-blocks.js";

export { docToJson, parseDoc };

export interface ReadDocsOptions extends ReadRawOptions {
  /** Whether a file without documents is fine. @default false */
  readonly allowEmpty?: boolean;
}

export type WriteDocsOptions = WriteOptions;

/**
 * The documents of a JSONL file, one a line, read as they are asked for. Blank lines are skipped.
 *
 * @param path a file, or `"-"` for stdin
 * @throws L100 the file can't be read, L101 a line is not JSON, L106 no documents, L107 not UTF-8, and `parseDoc`'s
 */
export async function* readDocs(path: string, options: ReadDocsOptions = {}): AsyncGenerator<Doc> {
  let isEmpty = true;
  for await (const raw of readRawLines(path, options)) {
    isEmpty = false;
    yield parseRaw(raw).doc;
  }
  if (isEmpty && !options.allowEmpty) {
    throw linkwrightError("L106", { file: path === "-" ? "stdin" : path });
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
  const name = path === "-" ? "stdout" : path;
  const blockCharacters = path === "-" ? 0 : BLOCK_CHARACTERS;
  let count = 0;
  async function* blocks(): AsyncGenerator<string> {
    let block = "";
    for await (const doc of docs) {
      count++;
      block += lineOf(doc, { path: name, number: count });
      if (block.length <= blockCharacters) continue;
      yield block;
      block = "";
    }
    if (block !== "") yield block;
  }
  await writeBlocks(path, blocks(), options);
  return count;
}

/** Characters that are collected before a file is written to. */
const BLOCK_CHARACTERS = 1 << 16;

/**
 * A document's line of JSONL.
 *
 * @throws L108 it has no JSON: JSON.parse takes what JSON.stringify can't give, as keys that linkwright does not know may be
 * nested to any depth
 */
export function lineOf(doc: Doc, { path, number }: { path: string; number: number | string }): string {
  try {
    return `${JSON.stringify(docToJson(doc))}\n`;
  } catch (error) {
    const why = `document ${number} has no JSON (${error instanceof Error ? error.message : error})`;
    throw linkwrightError("L108", { path, why }, error);
  }
}
