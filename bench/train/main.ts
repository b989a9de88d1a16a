import { loadavg } from "node:os";
import { join } from "node:path";
import { say } from "../../src/cli/progress.js";
import type { Spent } from "../corpora/clock.js";
import type { Corpus } from "../corpora/corpora.js";
import { eachCorpus } from "../corpora/each-corpus.js";
import { type Row, ratio, rounded } from "../corpora/table.js";
import { measured, type Usage } from "../kb/child.js";
import { measureSpacy, type SpacyFigures } from "../spacy/spacy.js";
import type { EpochFigures, TrainFigures } from "./train.js";

interface Figures extends TrainFigures {
  readonly name: string;
  readonly usage: Usage;
  /** Features in the training after. */
  readonly kept: Spent;
  readonly spacy: SpacyFigures | undefined;
  readonly load: number;
}

const MAIN = new URL("../../src/cli/main.js", import.meta.url);
const TRAIN = new URL("./train.js", import.meta.url);

const EPOCHS = 3;

/** `train [--data FOLDER ...] [--candidates N] [--json]`: three epochs on wasm, beside spaCy's entity_linker. */
export async function benchTrain(args: string[]): Promise<void> {
  await eachCorpus(args, ROWS, measure);
}

async function measure(corpus: Corpus, work: string): Promise<Figures> {
  const { name, folder, candidates } = corpus;
  const [load = 0] = loadavg();
  say(`${name}: training (load ${load.toFixed(1)})`);
  await measured(MAIN, "create-index", folder, join(work, "kb"));
  const train = (epochs: number) =>
    measured<TrainFigures>(TRAIN, folder, String(candidates), work, String(epochs));
  const { result, usage } = await train(EPOCHS);
  const { features: kept } = (await train(1)).result;
  return { name, ...result, usage, kept, spacy: await measureSpacy(corpus), load };
}

/** The first epoch is half compiling. */
function warm({ epochs }: Figures): EpochFigures {
  return epochs.at(-1) as EpochFigures;
}

const perSecond = ({ mentions, spent }: EpochFigures): number => mentions / spent.cpuSeconds;

const ROWS: readonly Row<Figures>[] = [
  ["mentions an epoch", ({ mentions }) => rounded(mentions)],
  ["first epoch, mentions a CPU-s", ({ epochs }) => rounded(perSecond(epochs[0] as EpochFigures))],
  ["last epoch, mentions a CPU-s", (one) => rounded(perSecond(warm(one)))],
  [
    "last epoch, CPU-s / wall s",
    (one) => `${rounded(warm(one).spent.cpuSeconds, 2)} / ${rounded(warm(one).spent.wallSeconds, 2)}`,
  ],
  [
    "of its wall time in the collector, %",
    (one) => rounded((100 * warm(one).collectorSeconds) / warm(one).spent.wallSeconds, 1),
  ],
  ["tensors after each epoch", ({ epochs }) => epochs.map(({ tensors }) => tensors).join(", ")],
  ["heap after each epoch, MB", ({ epochs }) => epochs.map(({ heapMb }) => rounded(heapMb, 1)).join(", ")],
  ["candidates and features of train and dev, CPU-s", ({ features }) => rounded(features.cpuSeconds, 2)],
  [
    "the same, over the last epoch's",
    (one) => rounded(one.features.cpuSeconds / warm(one).spent.cpuSeconds, 2),
  ],
  ["kept features read by the next training, CPU-s", ({ kept }) => rounded(kept.cpuSeconds, 2)],
  ["the whole process, CPU-s", ({ usage }) => rounded(usage.cpuSeconds, 1)],
  ["the whole process, wall s", ({ usage }) => rounded(usage.wallSeconds, 1)],
  ["peak MB", ({ usage }) => rounded(usage.peakMb)],
  ["accuracy on dev, %", ({ accuracy }) => rounded(100 * accuracy, 1)],
  ["spaCy, an epoch, mentions a CPU-s", ({ spacy }) => rounded(spacy?.trainPerCpuSecond)],
  ["spaCy, peak MB", ({ spacy }) => rounded(spacy?.peakMb)],
  ["ours to spaCy's, mentions a CPU-s", (one) => ratio(perSecond(warm(one)), one.spacy?.trainPerCpuSecond)],
  ["load at the start", ({ load }) => rounded(load, 1)],
];
