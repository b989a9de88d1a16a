/** What scripts/make-golden.py wrote: the cases of a file, and where spaCy's own files are. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = new URL("../../test/golden/", import.meta.url);

export function goldenPath(name: string): string {
  return fileURLToPath(new URL(name, FOLDER));
}

export function goldenCases<T>(name: string): T[] {
  return (JSON.parse(readFileSync(goldenPath(`${name}.json`), "utf8")) as { cases: T[] }).cases;
}
