import { parseArgs } from "node:util";
import { CORPUS_OPTIONS, type Corpus, corporaOf } from "./corpora.js";
import { type Row, tableOf } from "./table.js";
import { withWorkFolder } from "./work-folder.js";

/** Measures the corpora that the arguments name, each with a work folder of its own, and prints a table, or JSON. */
export async function eachCorpus<T extends { readonly name: string }>(
  args: string[],
  rows: readonly Row<T>[],
  measure: (corpus: Corpus, work: string) => Promise<T>,
): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { ...CORPUS_OPTIONS, backend: { type: "string", default: "wasm" } },
  });
  const figures: T[] = [];
  for (const corpus of corporaOf(values)) {
    figures.push(await withWorkFolder((work) => measure(corpus, work)));
  }
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : tableOf(figures, rows));
}
