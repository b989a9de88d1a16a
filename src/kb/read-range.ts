import { closeSync, openSync, readSync } from "node:fs";

/** Reads `length` bytes at `start` of a file; undefined where there are not so many, or no file. */
export function readRange(path: string, start: number, length: number): Uint8Array | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    const bytes = new Uint8Array(length);
    return readSync(file, bytes, 0, length, start) === length ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
