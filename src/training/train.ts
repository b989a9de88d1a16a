import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { linkwrightError } from "../errors.js";
import type { Bundle } from "../linker/bundle.js";
import { readBundle, refuseForeign, writeBundle } from "../linker/bundle.js";
import { type Config, configToToml } from "../linker/config.js";
import { typeCodes } from "../linker/labels.js";
import { NelModel, startingWeights } from "../model/nel-model.js";
import { makeRandom } from "../model/random.js";
import { type Backend, loadBackend } from "../tensor/backend.js";
import { VERSION } from "../version.js";
import {
  beginOutput,
  hasCheckpoint,
  loadCheckpoint,
  removeCheckpoint,
  saveCheckpoint,
} from "./checkpoint.js";
import { checkAnnotation, loadDocs, loadKb } from "./corpus.js";
import {
  calibrateOn,
  type EpochReport,
  fit,
  type LoopHooks,
  type TrainingState,
  trainableMentions,
} from "./loop.js";
import { type Corpora, prepare, type TrainingData } from "./prepare.js";

/** What happens while a model trains, for progress bars and logs. */
export interface TrainEvents {
  readonly onStage?: (stage: string) => void;
  readonly onStep?: LoopHooks["onStep"];
  readonly onEpoch?: (report: EpochReport, isBest: boolean) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface TrainOptions extends TrainEvents {
  /** Folder of the model; its `training` folder holds metrics and, until the end, the last checkpoint. */
  readonly output: string;
  /** Goes on from the checkpoint in `output`. @default false */
  readonly resume?: boolean;
}

/** Trains a model from a config and writes it to a folder. */
export async function train(config: Config, options: TrainOptions): Promise<Bundle> {
  await refuseForeign(options.output);
  const backend = await loadBackend(config.training.backend);
  const goesOn = options.resume === true && hasCheckpoint(options.output);
  if (!options.resume) {
    await beginOutput(options.output);
    await removeCheckpoint(options.output); // of another training, which a later --resume must not meet
  }
  options.onStage?.("reading");
  const corpora = await readCorpora(config);
  const run = await runHash(config, corpora, backend);
  if (options.resume && !goesOn) {
    const finished = await finishedBundle(options.output, run);
    if (finished) return finished;
    await beginOutput(options.output);
    options.onStage?.("no checkpoint yet: starting anew");
  }
  const bundle = await trainOn(config, corpora, backend, { ...options, resume: goesOn, run });
  options.onStage?.("writing");
  await writeBundle(bundle, options.output, { linkwrightVersion: VERSION });
  await removeCheckpoint(options.output);
  return bundle;
}

/**
 * The model in a folder, if this very training has already ended there.
 * @throws L507 another training ended there: going on with this one would replace its model
 */
async function finishedBundle(output: string, run: string): Promise<Bundle | undefined> {
  const bundle = await readBundle(output).catch(() => undefined);
  if (bundle && bundle.about.run !== run) {
    throw linkwrightError("L507", {
      path: output,
      why: "its model was trained with another config or other data",
    });
  }
  return bundle;
}

interface FitOptions extends TrainEvents {
  /** Without a folder nothing is written. */
  readonly output?: string;
  readonly resume?: boolean;
  readonly run?: string;
}

/** Trains a model in memory on documents that are loaded already. */
export async function trainOn(
  config: Config,
  corpora: Corpora,
  backend: Backend,
  options: FitOptions = {},
): Promise<Bundle> {
  const { output, run = "", onStage, onEpoch, onStep, signal } = options;
  onStage?.("features");
  const data = prepare(config, corpora);
  if (trainableMentions(data.train, data.model.nilLogit).length === 0) {
    throw linkwrightError("L508", { path: config.paths.train });
  }
  const model = newModel(config, data, backend);
  const start = output && options.resume ? await loadCheckpoint(output, model, run) : undefined;
  onStage?.("training");
  const checkpoint = async (state: TrainingState): Promise<void> => {
    const last = state.reports.at(-1) as EpochReport;
    if (output) await saveCheckpoint(output, state, model, run);
    onEpoch?.(last, state.best.epoch === last.epoch);
  };
  const state = await fit(model, data, config.training, start, { onStep, onEpoch: checkpoint, signal });
  for (const [name, { values }] of state.best.weights) model.weights.get(name)?.values.set(values);
  onStage?.("calibrating");
  return finish(config, data, model, state, { backend: backend.name, run });
}

async function readCorpora({ paths }: Config): Promise<Corpora> {
  const kb = await loadKb(paths.kb);
  const [train, dev] = [await loadDocs(paths.train, "paths.train"), await loadDocs(paths.dev, "paths.dev")];
  checkAnnotation(train, kb, paths.train);
  checkAnnotation(dev, kb, paths.dev);
  return { kb, train, dev };
}

function newModel(config: Config, data: TrainingData, backend: Backend): NelModel {
  const { kb, model, featurizer, types } = data;
  const random = makeRandom(config.training.seed, "weights");
  const weights = startingWeights(model, featurizer.columns.length, featurizer.lexicon, random);
  const codes = typeCodes(kb, types, model.typeWidth);
  return new NelModel(backend, model, weights, kb, codes, featurizer.lexicon);
}

/** Calibrates the best weights and stores the entities' vectors in the knowledge base. */
function finish(
  config: Config,
  data: TrainingData,
  model: NelModel,
  state: TrainingState,
  origin: { readonly backend: string; readonly run: string },
): Bundle {
  const { kb, vocabulary, scaling, labels, types, memory } = data;
  const calibration = calibrateOn(data.dev, model);
  kb.setVectors(model.encodeEntities(), data.model.entityVectorLength);
  const best = state.reports.find(({ epoch }) => epoch === state.best.epoch);
  return {
    config,
    learned: { options: data.model, vocabulary, weights: model.weights, scaling, labels, types, memory },
    calibration,
    kb,
    about: { ...origin, epochs: state.epoch, best_epoch: state.best.epoch, dev: best },
  };
}

/** What must be the same for training to go on from a checkpoint. */
async function runHash(config: Config, { kb }: Corpora, backend: Backend): Promise<string> {
  const { paths } = config;
  const source = ["entities.jsonl", "aliases.jsonl"].map((name) => join(paths.kb, name));
  const hash = createHash("sha256")
    .update(configToToml(config))
    .update(backend.name)
    .update(kb.hash ?? "");
  for (const path of [paths.train, paths.dev, ...(kb.hash ? [] : source)]) hash.update(await readFile(path));
  return hash.digest("hex");
}
