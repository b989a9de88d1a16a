import { join } from "node:path";
import { parseArgs } from "node:util";
import { say } from "../../src/cli/progress.js";
import { CORPUS_OPTIONS, type Corpus, corporaOf, wholeNumber } from "../corpora/corpora.js";
import { rounded } from "../corpora/table.js";
import { withWorkFolder } from "../corpora/work-folder.js";
import { measured } from "../kb/child.js";
import type { Sample } from "./soak.js";

const TRAIN_MODEL = new URL("../link/train-model.js", import.meta.url);
const SOAK = new URL("./soak.js", import.meta.url);
/** Resident memory may grow so much after the first tenth of the documents. */
const FLAT = 0.05;

/**
 * `soak [--documents N] [--data FOLDER ...] [--candidates N] [--json]`: a long stream through `pipe`. The process fails
 * where memory grows.
 */
export async function benchSoak(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { ...CORPUS_OPTIONS, documents: { type: "string", default: "100000" } },
  });
  const documents = wholeNumber("documents", values.documents);
  for (const corpus of corporaOf(values)) {
    const samples = await withWorkFolder((work) => soak(corpus, documents, work));
    process.stdout.write(
      values.json ? `${JSON.stringify({ name: corpus.name, samples })}\n` : tableOf(corpus, samples),
    );
    if (!isFlat(samples)) process.exitCode = 1;
  }
}

async function soak(
  { name, folder, candidates }: Corpus,
  documents: number,
  work: string,
): Promise<readonly Sample[]> {
  const model = join(work, "model");
  say(`${name}: a model to link with`);
  await measured(TRAIN_MODEL, folder, String(candidates), model);
  say(`${name}: ${documents} documents`);
  const dev = join(folder, "dev.jsonl");
  const { result } = await measured<{ samples: readonly Sample[] }>(SOAK, model, dev, String(documents));
  return result.samples;
}

function isFlat(samples: readonly Sample[]): boolean {
  const [first, last] = [samples[0] as Sample, samples.at(-1) as Sample];
  return last.residentMb <= (1 + FLAT) * first.residentMb && last.tensors === first.tensors;
}

function tableOf({ name }: Corpus, samples: readonly Sample[]): string {
  const rows = samples.map(
    ({ documents, seconds, residentMb, heapMb, tensors }) =>
      `| ${documents} | ${rounded(seconds, 1)} | ${rounded(residentMb)} | ${rounded(heapMb, 1)} | ${tensors} |`,
  );
  const [first, last] = [samples[0] as Sample, samples.at(-1) as Sample];
  const growth = (100 * (last.residentMb - first.residentMb)) / first.residentMb;
  const verdict = `${name}: resident memory ${growth >= 0 ? "+" : ""}${growth.toFixed(1)} % after the first tenth: ${isFlat(samples) ? "flat" : "it grows"}.`;
  return [
    "| documents | s | resident MB | heap MB | tensors |",
    "| ---: | ---: | ---: | ---: | ---: |",
    ...rows,
    "",
    verdict,
    "",
  ].join("\n");
}
