/** `node train.js FOLDER CANDIDATES WORK EPOCHS`: trains a corpus on the knowledge base WORK/kb, and prints a line of JSON. */
import { join } from "node:path";
import { loadBackend } from "../../src/tensor/backend.js";
import { train } from "../../src/training/train.js";
import { type Spent, startClock, watchCollector } from "../corpora/clock.js";
import { configOf, corpusOf } from "../corpora/corpora.js";

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
  /** Candidates, vocabulary, features and golds of train and dev; or what it takes to read them from WORK/cache. */
  readonly features: Spent;
  readonly epochs: readonly EpochFigures[];
  readonly accuracy: number;
}

const [folder = "", candidates = "", work = "", maxEpochs = ""] = process.argv.slice(2);
const backend = await loadBackend("wasm");
const config = configOf(corpusOf(folder, Number(candidates)), {
  "paths.kb": join(work, "kb"),
  "training.cache": join(work, "cache"),
  "training.max_epochs": Number(maxEpochs),
  "training.patience": Number(maxEpochs),
});
const collector = watchCollector();
const epochs: EpochFigures[] = [];
let features: Spent | undefined;
let mentions = 0;
let accuracy = 0;
let stage = startClock();
let epoch = startClock();
let counted = 0;
let collected = 0;

await train(config, {
  output: join(work, "model"),
  onStage: (name) => {
    if (name === "features") stage = startClock();
    if (name === "training") features = stage();
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
const figures: TrainFigures = { mentions, features: features as Spent, epochs, accuracy };
process.stdout.write(`${JSON.stringify(figures)}\n`);
