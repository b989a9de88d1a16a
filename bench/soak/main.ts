import { join } from "node:path";
import { parseArgs } from "node:util";
import { say } from "../../src/cli/progress.js";
import { CORPUS_OPTIONS, type Corpus, corporaOf, wholeNumber } from "../corpora/corpora.js";
import { measured } from "../measure/child.js";
import { rounded } from "../measure/table.js";
import { withWorkFolder } from "../measure/work-folder.js";
import { type Growth, growthOf } from "./growth.js";
import type { Sample } from "./soak.js";

const TRAIN_MODEL = new URL("../link/train-model.js", import.meta.url);
const SOAK = new URL("./soak.js", import.meta.url);
/** Resident memory may grow by so much of itself, by a line through all samples. */
const FLAT = 0.05;
/** Samples from one row of the table to the next. */
const ROW = 4;
const MB = 2 ** 20;

/** A long stream through `pipe`. The process fails where memory grows, as it does where `--leak` keeps bytes of each document. */
export async function benchSoak(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      ...CORPUS_OPTIONS,
      documents: { type: "string", default: "100000" },
      leak: { type: "string" },
    },
  });
  const documents = wholeNumber("documents", values.documents);
  const leak = values.leak === undefined ? 0 : wholeNumber("leak", values.leak);
  for (const corpus of corporaOf(values)) {
    const samples = await withWorkFolder((work) => soak(corpus, { documents, leak }, work));
    process.stdout.write(
      values.json ? `${JSON.stringify({ name: corpus.name, samples })}\n` : tableOf(corpus, samples),
    );
    if (!isFlat(samples)) process.exitCode = 1;
  }
}

async function soak(
  corpus: Corpus,
  { documents, leak }: { readonly documents: number; readonly leak: number },
  work: string,
): Promise<readonly Sample[]> {
  const { name, folder } = corpus;
  const model = join(work, "model");
  say(`${name}: a model to link with`);
  await measured(TRAIN_MODEL, JSON.stringify(corpus), model);
  say(`${name}: ${documents} documents`);
  const dev = join(folder, "dev.jsonl");
  const { result } = await measured<{ samples: readonly Sample[] }>(
    SOAK,
    model,
    dev,
    String(documents),
    String(leak),
  );
  return result.samples;
}

function growth(samples: readonly Sample[], of: (sample: Sample) => number): Growth {
  return growthOf(samples.map((sample) => [sample.documents, of(sample)]));
}

function isFlat(samples: readonly Sample[]): boolean {
  const { from, rise } = growth(samples, ({ residentMb }) => residentMb);
  const [first] = samples;
  return rise <= FLAT * from && samples.every(({ tensors }) => tensors === first?.tensors);
}

function tableOf({ name }: Corpus, samples: readonly Sample[]): string {
  const rows = samples
    .filter((_, i) => (i + 1) % ROW === 0)
    .map(
      ({ documents, seconds, residentMb, heapMb, externalMb, tensors }) =>
        `| ${documents} | ${rounded(seconds, 1)} | ${rounded(residentMb)} | ${rounded(heapMb, 1)} | ${rounded(externalMb, 1)} | ${tensors} |`,
    );
  return [
    "| documents | s | resident MB | heap MB | external MB | tensors |",
    "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows,
    "",
    `${name}, lines through ${samples.length} samples: ${growthText(samples)}: ${isFlat(samples) ? "flat" : "it grows"}.`,
    "",
  ].join("\n");
}

/** "resident memory +1.2 % (20 bytes a document), heap +0.3 % (1 bytes a document)" */
function growthText(samples: readonly Sample[]): string {
  const [first, last] = [samples[0] as Sample, samples.at(-1) as Sample];
  const text = (name: string, of: (sample: Sample) => number): string => {
    const { from, rise } = growth(samples, of);
    const share = (100 * rise) / from;
    const bytes = (rise * MB) / (last.documents - first.documents);
    return `${name} ${share >= 0 ? "+" : ""}${share.toFixed(1)} % (${rounded(bytes)} bytes a document)`;
  };
  return [
    text("resident memory", ({ residentMb }) => residentMb),
    text("heap", ({ heapMb }) => heapMb),
    text("external", ({ externalMb }) => externalMb),
  ].join(", ");
}
