import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { linkwrightError } from "../errors.js";
import { Doc } from "../text/doc.js";
import { decodeText, isSystemError, readLineBlocks } from "../text/lines.js";
import { parseDoc } from "./doc-json.js";
import type { InputFile } from "./input-files.js";

/** A document as it stands in its file: read, not looked into. It is plain data, which can be posted to a thread. */
export interface RawDocument {
  /** What messages call the file. */
  readonly file: string;
  /** Of a line of JSONL its number. */
  readonly line?: number;
  /** Of a text its id. */
  readonly id?: string;
  /** The line, or the text. */
  readonly content: string;
}

export interface ReadRawOptions {
  /** What the path `"-"` reads. @default process.stdin */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
}

/** The documents of files in their order, read as they are asked for. @throws L100 a file can't be read, L107 not UTF-8 */
export async function* readRaw(
  files: readonly InputFile[],
  options: ReadRawOptions = {},
): AsyncGenerator<RawDocument> {
  for (const { path, kind, id } of files) {
    if (kind === "lines") yield* readRawLines(path, options);
    else yield { file: path, id, content: decodeText(await bytesOf(path), path) };
  }
}

/**
 * The lines of a JSONL file that are not blank.
 *
 * @param path a file, or `"-"` for stdin
 * @throws L100 the file can't be read, L107 not UTF-8
 */
export async function* readRawLines(
  path: string,
  { stdin = process.stdin }: ReadRawOptions = {},
): AsyncGenerator<RawDocument> {
  const file = path === "-" ? "stdin" : path;
  const stream = path === "-" ? stdin : createReadStream(path);
  try {
    for await (const { firstLine, lines } of readLineBlocks(stream, file)) {
      for (const [i, content] of lines.entries()) {
        if (content.trim() !== "") yield { file, line: firstLine + i, content };
      }
    }
  } catch (error) {
    throw isSystemError(error) ? linkwrightError("L100", { file, why: error.message }, error) : error;
  }
}

/**
 * The document of a line or a text, and whether it says which mentions it has: a text does not, nor does JSON without
 * `ents`, while an empty `ents` says that there are none.
 *
 * @throws L101 the line is not JSON, and `parseDoc`'s
 */
export function parseRaw({ file, line, id, content }: RawDocument): { doc: Doc; isMarked: boolean } {
  if (line === undefined) return { doc: new Doc(content, { id: id ?? "" }), isMarked: false };
  let json: { readonly ents?: unknown };
  try {
    json = JSON.parse(content) as typeof json;
  } catch (error) {
    throw linkwrightError("L101", { where: `${file}:${line}`, why: (error as Error).message }, error);
  }
  const doc = parseDoc(json, { file, line });
  return { doc, isMarked: json.ents !== undefined && json.ents !== null };
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw linkwrightError("L100", { file: path, why: (error as Error).message }, error);
  }
}
