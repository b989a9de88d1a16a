/** What the tests of `linkwright apply` share. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Ran } from "../fixtures.js";

export interface Row {
  readonly id: string;
  readonly ents: readonly { readonly start: number; readonly kb_id: string }[];
}

export const rowsOf = (lines: string): Row[] =>
  lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);

export function done(ran: Ran): Ran {
  assert.equal(ran.status, 0, ran.stderr);
  return ran;
}

export function failed(ran: Ran, status: number, message: RegExp): void {
  assert.equal(ran.status, status, ran.stderr);
  assert.match(ran.stderr, message);
}

/** Writes a file, and the folders that it is in. @returns its path */
export function writeFileAt(root: string, name: string, content: string): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** Documents of different lengths, some with mentions, some without. */
export const manyDocuments = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => {
    const text = `${"It was told. ".repeat(i % 5)}Cattle are sold in Paris, a town in Texas, and Jordan scored ${i}.`;
    const at = text.indexOf("Paris");
    return { id: `${i}`, text, ...(i % 3 > 0 && { ents: [{ start: at, end: at + 5, label: "GPE" }] }) };
  });
