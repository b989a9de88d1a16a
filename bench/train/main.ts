import { loadavg } from "node:os";
import { join } from "node:path";
import { say } from "../../src/cli/progress.js";
import type { Corpus } from "../corpora/corpora.js";
import { eachCorpus } from "../corpora/each-corpus.js";
import { measured } from "../measure/child.js";
import type { Spent } from "../measure/clock.js";
import { type Row, ratio, rounded } from "../measure/table.js";
import { measureSpacy, type SpacyFigures } from "../spacy/spacy.js";
import { perSecond, stageOf, TRAIN_ROWS, type Trained, warm } from "./rows.js";
import { measureTensorFlow, type TensorFlowFigures } from "./tensorflow.js";
import type { TrainFigures, TrainJob } from "./train.js";

interface Figures extends Trained {
  /** Features in the training after. */
  readonly kept: Spent;
  readonly tensorFlow: TensorFlowFigures | undefined;
  readonly spacy: SpacyFigures | undefined;
  readonly load: number;
}

const MAIN = new URL("../../src/cli/main.js", import.meta.url);
const TRAIN = new URL("./train.js", import.meta.url);

const EPOCHS = 3;

/** Three epochs on each corpus, beside TensorFlow and spaCy. */
export async function benchTrain(args: string[]): Promise<void> {
  await eachCorpus(args, ROWS, measure);
}

async function measure(corpus: Corpus, work: string): Promise<Figures> {
  const { name, folder } = corpus;
  const [load = 0] = loadavg();
  say(`${name}: training (load ${load.toFixed(1)})`);
  await measured(MAIN, "create-index", folder, join(work, "kb"));
  const job: TrainJob = { corpus, work, epochs: EPOCHS, keepsFeatures: true };
  const train = (epochs: number) =>
    measured<TrainFigures>(TRAIN, JSON.stringify({ ...job, epochs } satisfies TrainJob));
  const { result, usage } = await train(EPOCHS);
  const kept = stageOf((await train(1)).result, "features").spent;
  const [tensorFlow, spacy] = [await measureTensorFlow(job), await measureSpacy(corpus)];
  return { name, ...result, usage, kept, tensorFlow, spacy, load };
}

/** CPU-seconds: what a training needs beside the mention filter unless features were kept. */
function featuresOf(one: Figures): number {
  return stageOf(one, "features").spent.cpuSeconds - one.kept.cpuSeconds;
}

const ROWS: readonly Row<Figures>[] = [
  ...TRAIN_ROWS,
  ["the same in the next training, features kept, CPU-s", ({ kept }) => rounded(kept.cpuSeconds, 2)],
  ["candidates and features, which is the difference, CPU-s", (one) => rounded(featuresOf(one), 2)],
  ["the same, over the last epoch's", (one) => rounded(featuresOf(one) / warm(one).spent.cpuSeconds, 2)],
  ["accuracy on dev, %", ({ accuracy }) => rounded(100 * accuracy, 1)],
  ["TensorFlow, the same step, mentions a CPU-s", ({ tensorFlow }) => rounded(tensorFlow?.perCpuSecond)],
  ["TensorFlow, peak MB", ({ tensorFlow }) => rounded(tensorFlow?.peakMb)],
  [
    "ours to TensorFlow's, mentions a CPU-s",
    (one) => ratio(perSecond(warm(one)), one.tensorFlow?.perCpuSecond),
  ],
  ["spaCy, an epoch, mentions a CPU-s", ({ spacy }) => rounded(spacy?.trainPerCpuSecond)],
  ["spaCy, peak MB", ({ spacy }) => rounded(spacy?.peakMb)],
  ["ours to spaCy's, mentions a CPU-s", (one) => ratio(perSecond(warm(one)), one.spacy?.trainPerCpuSecond)],
  ["load at the start", ({ load }) => rounded(load, 1)],
];
