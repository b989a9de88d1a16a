/** `node train.js JOB`: trains a corpus on the knowledge base WORK/kb, and prints a line of JSON. */
import { join } from "node:path";
import { loadTrainingBackend } from "../../src/tensor/backend.js";
import { train } from "../../src/training/train.js";
import { type Corpus, configOf } from "../corpora/corpora.js";
import { type Spent, startClock, watchCollector } from "../measure/clock.js";

/** What to train, as the one argument, in JSON. */
export interface TrainJob {
  readonly corpus: Corpus;
  /** Folder that holds `kb`; the model is written there, and the features that are kept, if they are. */
  readonly work: string;
  readonly epochs: number;
  readonly keepsFeatures: boolean;
  /** `training.workers` @default 0, which chooses by the number of mentions */
  readonly workers?: number | undefined;
}

/** What a part of the training took. */
export interface StageFigures {
  readonly name: string;
  readonly spent: Spent;
  /** The highest resident memory so far. */
  readonly peakMb: number;
}

export interface EpochFigures {
  /** Of all steps but the first; dev is not in it. */
  readonly mentions: number;
  readonly spent: Spent;
  readonly collectorSeconds: number;
  /** After its last step. */
  readonly tensors: number;
  /** After a collection. */
  readonly heapMb: number;
}

export interface TrainFigures {
  readonly mentions: number;
  /** In order; "features" are the mention filter, candidates, vocabulary, features and golds of train and dev. */
  readonly stages: readonly StageFigures[];
  readonly epochs: readonly EpochFigures[];
  readonly accuracy: number;
}

const STAGES = ["reading", "features", "training", "calibrating", "writing"];
const {
  corpus,
  work,
  epochs: maxEpochs,
  keepsFeatures,
  workers,
} = JSON.parse(process.argv[2] ?? "") as TrainJob;
const backend = await loadTrainingBackend(corpus.backend);
const config = configOf(corpus, {
  "paths.kb": join(work, "kb"),
  ...(keepsFeatures && { "training.cache": join(work, "cache") }),
  "training.workers": workers ?? 0,
  "training.max_epochs": maxEpochs,
  "training.patience": maxEpochs,
});
const collector = watchCollector();
const epochs: EpochFigures[] = [];
const stages: StageFigures[] = [];
let mentions = 0;
let accuracy = 0;
let endStage: (() => void) | undefined;
let epoch = startClock();
let counted = 0;
let collected = 0;

await train(config, {
  output: join(work, "model"),
  onStage: (name) => {
    if (!STAGES.includes(name)) return; // what became of kept features
    endStage?.();
    const spent = startClock();
    endStage = () => stages.push({ name, spent: spent(), peakMb: process.resourceUsage().maxRSS / 1024 });
  },
  onStep: ({ done, of, mentions: ofStep }) => {
    if (done === 1) {
      epoch = startClock();
      counted = 0;
      collected = collector();
    } else counted += ofStep;
    if (done < of) return;
    const [spent, collectorSeconds] = [epoch(), collector() - collected];
    globalThis.gc?.();
    const heapMb = process.memoryUsage().heapUsed / 2 ** 20;
    epochs.push({
      mentions: counted,
      spent,
      collectorSeconds,
      tensors: backend.tf.memory().numTensors,
      heapMb,
    });
  },
  onEpoch: (report) => {
    ({ mentions } = report);
    accuracy = Math.max(accuracy, report.accuracy);
  },
});
endStage?.();
const figures: TrainFigures = { mentions, stages, epochs, accuracy };
process.stdout.write(`${JSON.stringify(figures)}\n`);
