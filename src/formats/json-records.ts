import { createReadStream } from "node:fs";
import { type LinkwrightError, linkwrightError } from "../errors.js";
import { isSystemError, readLineBlocks } from "../text/lines.js";
import { shownJson } from "../text/shown-json.js";
import type { JsonLocation } from "./doc-json.js";
import type { ReadDocsOptions } from "./doc-jsonl.js";

export type JsonObject = Readonly<Record<string, unknown>>;

export interface JsonRecord {
  readonly json: unknown;
  readonly location: JsonLocation;
}

export interface ReadRecordsOptions extends Pick<ReadDocsOptions, "stdin"> {
  /** Tells a list of records from a record. @default arrays are lists */
  readonly isList?: (json: unknown) => boolean;
}

/**
 * The records of a JSONL file as they are asked for, or those of a JSON file with a list of records or a single one.
 * A line may hold a list, too. Blank lines are skipped.
 *
 * @param path a file, or `"-"` for stdin
 * @throws L100 the file can't be read, L101 a line is not JSON, L106 no records, L107 not UTF-8, L121 neither JSONL nor
 * JSON
 */
export async function* readJsonRecords(
  path: string,
  { stdin = process.stdin, isList = Array.isArray }: ReadRecordsOptions = {},
): AsyncGenerator<JsonRecord> {
  const file = path === "-" ? "stdin" : path;
  const stream = path === "-" ? stdin : createReadStream(path);
  let isEmpty = true;
  /** The lines of a file whose first line is no JSON: a value that goes over several lines. */
  let whole: string[] | undefined;
  try {
    for await (const { firstLine, lines } of readLineBlocks(stream, file)) {
      for (const [i, text] of lines.entries()) {
        if (whole || text.trim() === "") {
          whole?.push(text);
          continue;
        }
        const line = parsed(text);
        if (line.error && isEmpty) {
          whole = [text];
          continue;
        }
        const location = { file, line: firstLine + i };
        if (line.error) throw linkwrightError("L101", { where: whereOf(location), why: line.error });
        for (const record of recordsOf(line.json, location, isList)) {
          isEmpty = false;
          yield record;
        }
      }
    }
    if (!whole) {
      if (isEmpty) throw linkwrightError("L106", { file });
      return;
    }
  } catch (error) {
    throw isSystemError(error) ? linkwrightError("L100", { file, why: error.message }, error) : error;
  }
  yield* wholeRecords(whole, file, isList);
}

/** What messages call a place. */
export function whereOf({ file, line }: JsonLocation): string {
  return line === undefined ? file : `${file}:${line}`;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** An error that says which type was expected of a value. */
export function wrongType(where: string, key: string, expected: string, value: unknown): LinkwrightError {
  return linkwrightError("L102", { where, key, expected, found: shownJson(value) });
}

function* wholeRecords(
  lines: readonly string[],
  file: string,
  isList: (json: unknown) => boolean,
): Generator<JsonRecord> {
  const { json, error } = parsed(lines.join("\n"));
  if (error) {
    throw linkwrightError("L121", { file, line: parsed(lines[0] as string).error ?? "", whole: error });
  }
  let isEmpty = true;
  for (const record of recordsOf(json, { file }, isList)) {
    isEmpty = false;
    yield record;
  }
  if (isEmpty) throw linkwrightError("L106", { file });
}

function recordsOf(
  json: unknown,
  location: JsonLocation,
  isList: (json: unknown) => boolean,
): readonly JsonRecord[] {
  if (!isList(json)) return [{ json, location }];
  const where = whereOf(location);
  return (json as unknown[]).map((record, i) => ({
    json: record,
    location: { file: `${where}, document ${i + 1}` },
  }));
}

function parsed(text: string): { readonly json?: unknown; readonly error?: string } {
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
