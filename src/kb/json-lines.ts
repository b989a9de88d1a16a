import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { LinkwrightError, linkwrightError } from "../errors.js";
import { isSystemError, readLineBlocks } from "../text/lines.js";
import { shownJson } from "../text/shown-json.js";

export type JsonObject = Readonly<Record<string, unknown>>;

/** The line that is being read. */
export interface Place {
  readonly path: string;
  line: number;
}

export interface ReadProgress {
  readonly path: string;
  readonly bytes: number;
  readonly totalBytes: number;
}

/**
 * Calls `visit` with the object of each line; blank lines are skipped. Errors that `visit` throws get the line
 * put before their message.
 * @throws L107 not UTF-8, L221 can't read, L222 not JSON, L223 not an object, L225 no lines
 */
export async function eachJsonLine(
  path: string,
  visit: (json: JsonObject, place: Place) => void,
  onProgress?: (progress: ReadProgress) => void,
): Promise<void> {
  const totalBytes = await sizeOf(path);
  const place: Place = { path, line: 0 };
  let objects = 0;
  const stream = createReadStream(path, { highWaterMark: 1 << 20 });
  try {
    for await (const { firstLine, lines } of readLineBlocks(stream, path)) {
      place.line = firstLine - 1;
      for (const line of lines) {
        place.line++;
        if (line.trim() === "") continue;
        objects++;
        located(place, () => visit(parseObject(line, place), place));
      }
      onProgress?.({ path, bytes: stream.bytesRead, totalBytes });
    }
  } catch (error) {
    throw isSystemError(error) ? linkwrightError("L221", { path, why: error.message }, error) : error;
  }
  if (objects === 0) throw linkwrightError("L225", { path });
}

export function whereIs({ path, line }: Place): string {
  return `${path}:${line}`;
}

/** The string under a key. */
export function stringOf(json: JsonObject, key: string, place: Place): string {
  const value = json[key];
  if (typeof value === "string") return value;
  throw wrongField(key, value, { expected: "a string", place });
}

/** The string under a key, "" when it is absent or null. */
export function optionalStringOf(json: JsonObject, key: string, place: Place): string {
  return (json[key] ?? undefined) === undefined ? "" : stringOf(json, key, place);
}

/** The number under a key, 0 when it is absent or null. */
export function optionalNumberOf(json: JsonObject, key: string, place: Place): number {
  const value = json[key] ?? 0;
  if (typeof value === "number") return value;
  throw wrongField(key, value, { expected: "a number", place });
}

export function stringsOf(json: JsonObject, key: string, place: Place): readonly string[] {
  const value = json[key];
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw wrongField(key, value, { expected: "a list of strings", place });
}

export function numbersOf(json: JsonObject, key: string, place: Place): readonly number[] {
  const value = json[key];
  if (Array.isArray(value) && value.every((item) => typeof item === "number")) return value;
  throw wrongField(key, value, { expected: "a list of numbers", place });
}

/** The numbers under a key, undefined when they are absent or null. */
export function optionalNumbersOf(
  json: JsonObject,
  key: string,
  place: Place,
): readonly number[] | undefined {
  return (json[key] ?? undefined) === undefined ? undefined : numbersOf(json, key, place);
}

export function wrongField(
  key: string,
  value: unknown,
  { expected, place }: { readonly expected: string; readonly place: Place },
): LinkwrightError {
  return linkwrightError("L223", {
    where: whereIs(place),
    key: `"${key}"`,
    expected,
    found: shownJson(value),
  });
}

function parseObject(line: string, place: Place): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw linkwrightError("L222", { where: whereIs(place), why: (error as Error).message }, error);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  const found = shownJson(value);
  throw linkwrightError("L223", { where: whereIs(place), key: "the line", expected: "a JSON object", found });
}

function located(place: Place, visit: () => void): void {
  try {
    visit();
  } catch (error) {
    if (!(error instanceof LinkwrightError) || error.message.includes(whereIs(place))) throw error;
    const message = error.message.replace(`[${error.code}] `, "");
    throw new LinkwrightError(error.code, `${whereIs(place)}: ${message}`, { cause: error });
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: Error) => {
    throw linkwrightError("L221", { path, why: error.message }, error);
  });
  if (found.isDirectory()) throw linkwrightError("L221", { path, why: "it is a folder" });
  return found.size;
}
