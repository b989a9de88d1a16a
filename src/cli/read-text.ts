import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { linkwrightError } from "../errors.js";

/** A file as one text, `"-"` for stdin. A byte order mark is dropped. @throws L831 */
export async function readTextFile(file: string): Promise<string> {
  try {
    const bytes = file === "-" ? await buffer(process.stdin) : await readFile(file);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const isText = !(cause instanceof TypeError); // what a decoder throws
    const why = isText ? (cause as Error).message : "it is not UTF-8";
    throw linkwrightError("L831", { file: file === "-" ? "stdin" : file, why }, cause);
  }
}
