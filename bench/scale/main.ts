import { mkdtemp, readFile, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { say } from "../../src/cli/progress.js";
import type { Evaluation } from "../../src/scoring/evaluation.js";
import { type BackendChoice, corpusOf, wholeNumber } from "../corpora/corpora.js";
import { countOf, type Source, SYNTHETIC_OPTIONS, sizesOf, syntheticSources } from "../made-up/sources.js";
import { measured, type Usage } from "../measure/child.js";
import { inTurn } from "../measure/in-turn.js";
import { growthTableOf, tableOf } from "../measure/table.js";
import { withWorkFolder } from "../measure/work-folder.js";
import type { Trained } from "../train/rows.js";
import type { TrainFigures, TrainJob } from "../train/train.js";
import { SCALE_COSTS, SCALE_ROWS } from "./rows.js";

/** A knowledge base and a training on it. */
export interface ScaleFigures extends Trained {
  readonly entities: number;
  readonly create: Usage;
  readonly evaluated: Usage;
  readonly scores: Pick<Evaluation, "prior_accuracy" | "accuracy" | "candidate_recall" | "n_mentions">;
  readonly load: number;
}

interface ScaleOptions {
  readonly mentions: number;
  readonly epochs: number;
  readonly workers: number | undefined;
  readonly backend: BackendChoice;
  readonly seed: number;
}

const MAIN = new URL("../../src/cli/main.js", import.meta.url);
const MAKE_DOCUMENTS = new URL("./make-documents.js", import.meta.url);
const TRAIN = new URL("../train/train.js", import.meta.url);
/** The default config's. */
const CANDIDATES = 20;

/**
 * Trains the default config on made-up knowledge bases and documents. The largest knowledge base has as many training
 * mentions as `--mentions` says, smaller ones fewer in proportion.
 */
export async function benchScale(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      ...SYNTHETIC_OPTIONS,
      mentions: { type: "string", default: "200k" },
      epochs: { type: "string", default: "5" },
      workers: { type: "string" },
      backend: { type: "string", default: "wasm" },
    },
  });
  const { keep } = values;
  const backend = values.backend as BackendChoice;
  const epochs = wholeNumber("epochs", values.epochs);
  const seed = wholeNumber("seed", values.seed);
  const workers = values.workers === undefined ? undefined : wholeNumber("workers", values.workers);
  const sizes = sizesOf(values);
  const mentions = countOf(values.mentions);
  const folder = keep ?? (await mkdtemp(join(tmpdir(), "linkwright-bench-")));
  try {
    const sources = await syntheticSources(sizes, seed, folder);
    const largest = Math.max(...sources.map(({ name }) => countOf(name)));
    const measureOne = (source: Source): Promise<ScaleFigures> => {
      const own = Math.round((mentions * countOf(source.name)) / largest);
      return withWorkFolder((work) =>
        measure(source, work, { mentions: own, epochs, workers, backend, seed }),
      );
    };
    const figures = await inTurn(sources, { measure: measureOne, report });
    process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : report(figures));
  } finally {
    if (!keep) await rm(folder, { recursive: true, force: true });
  }
}

function report(figures: readonly ScaleFigures[]): string {
  const size = ({ entities, mentions }: ScaleFigures): number => entities + mentions;
  return tableOf(figures, SCALE_ROWS) + growthTableOf(figures, SCALE_COSTS, size);
}

async function measure(
  { name, folder }: Source,
  work: string,
  { mentions, epochs, workers, backend, seed }: ScaleOptions,
): Promise<ScaleFigures> {
  const [kb, model, scoresFile] = [join(work, "kb"), join(work, "model"), join(work, "scores.json")];
  const next = (what: string): void => say(`${name}: ${what} (load ${loadavg()[0]?.toFixed(1)})`);
  next("create-index");
  const { usage: create } = await measured(MAIN, "create-index", folder, kb);
  next(`${mentions} training mentions`);
  await measured(MAKE_DOCUMENTS, kb, folder, String(mentions), String(seed));
  const corpus = corpusOf(folder, { candidates: CANDIDATES, backend });
  const [load = 0] = loadavg();
  next("training");
  const job: TrainJob = { corpus, work, epochs, keepsFeatures: false, workers };
  const { result, usage } = await measured<TrainFigures>(TRAIN, JSON.stringify(job));
  next("linking dev");
  const dev = join(folder, "dev.jsonl");
  const { usage: evaluated } = await measured(MAIN, "evaluate", model, dev, "--output", scoresFile);
  const scores = JSON.parse(await readFile(scoresFile, "utf8")) as Evaluation;
  return { name, entities: countOf(name), create, ...result, usage, evaluated, scores, load };
}
