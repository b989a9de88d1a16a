import { parseArgs } from "node:util";
import { inTurn } from "../measure/in-turn.js";
import { type Row, tableOf } from "../measure/table.js";
import { withWorkFolder } from "../measure/work-folder.js";
import { CORPUS_OPTIONS, type Corpus, corporaOf } from "./corpora.js";

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
  const report = (figures: readonly T[]): string => tableOf(figures, rows);
  const figures = await inTurn(corporaOf(values), {
    measure: (corpus) => withWorkFolder((work) => measure(corpus, work)),
    report,
  });
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : report(figures));
}
