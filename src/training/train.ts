import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { linkwrightError } from "../errors.js";
import type { Bundle } from "../linker/bundle.js";
import { readBundle, refuseForeign, writeBundle } from "../linker/bundle.js";
import { type Config, configToToml } from "../linker/config.js";
import { lacksVectors, storeVectors } from "../linker/entity-vectors.js";
import { architectureOf } from "../model/architecture.js";
import { Ensemble } from "../model/ensemble.js";
import type { ModelOptions } from "../model/options.js";
import { functionsOf, functionsToConfig, type TrainingFunctions } from "../plugins/functions.js";
import { type Backend, loadTrainingBackend } from "../tensor/backend.js";
import { weightsToBytes } from "../tensor/weights.js";
import { VERSION } from "../version.js";
import { calibrate, type DevScores, evidenceOf } from "./calibrate.js";
import { beginOutput, hasCheckpoints, removeCheckpoints } from "./checkpoint.js";
import { type CorporaOptions, readCorpora } from "./corpus.js";
import { type EpochReport, judgeDev, type LoopHooks, trainableMentions } from "./loop.js";
import { chooseMembers, fitMembers, type Member, type MemberOptions } from "./members.js";
import {
  type Corpora,
  type Prepared,
  type PrepareOptions,
  prepareInThreads,
  type TrainingData,
} from "./prepare.js";
import { prepareCached } from "./prepared-cache.js";

/** What happens while a model trains, for progress bars and logs. */
export interface TrainEvents {
  readonly onStage?: (stage: string) => void;
  readonly onStep?: LoopHooks["onStep"];
  readonly onEpoch?: (report: EpochReport, isBest: boolean) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface TrainOptions extends TrainEvents, Omit<CorporaOptions, "signal"> {
  /** Folder of the model; its `training` folder holds metrics and, until the end, the last checkpoint. */
  readonly output: string;
  /** Goes on from the checkpoint in `output`. @default false */
  readonly resume?: boolean;
}

/** Trains a model from a config and writes it to a folder. */
export async function train(given: Config, options: TrainOptions): Promise<Bundle> {
  const config = withFunctions(given, options.functions);
  await refuseForeign(options.output);
  const backend = await loadTrainingBackend(config.training.backend);
  const goesOn = options.resume === true && hasCheckpoints(options.output);
  options.onStage?.("reading");
  const corpora = await readCorpora(config, options);
  const run = await runHash(config, corpora, backend);
  if (!options.resume) {
    await beginOutput(options.output);
    await removeCheckpoints(options.output); // of another training, which a later --resume must not meet
  }
  if (options.resume && !goesOn) {
    const finished = await finishedBundle(options.output, run);
    if (finished) return finished;
    await beginOutput(options.output);
    options.onStage?.("no checkpoint yet: starting anew");
  }
  const checkpoints = { output: options.output, run };
  const bundle = await trainOn(config, corpora, backend, {
    ...options,
    resume: goesOn,
    checkpoints,
    learnsFilter: learnsFilter(config, corpora),
    isCached: true,
  });
  options.onStage?.("writing");
  await writeBundle(bundle, options.output, { linkwrightVersion: VERSION });
  await removeCheckpoints(options.output);
  return { ...bundle, find: undefined }; // it knew the candidates of these documents alone
}

/** Detectors that know no names of the knowledge base need no filter, and a mirror has not all names. */
function learnsFilter({ mentions }: Config, { mirrors }: Corpora): boolean {
  return mentions.filter && mentions.detector === "gazetteer" && mirrors === undefined;
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

/** How the training of one seed went; scores on dev before calibration. */
export interface SeedReport extends DevScores {
  readonly seed: number;
  readonly epochs: number;
  readonly best_epoch: number;
  /** Mentions that an epoch trains on. */
  readonly mentions: number;
}

interface FitOptions extends TrainEvents, Pick<PrepareOptions, "learnsFilter"> {
  /** Without it nothing is written. */
  readonly checkpoints?: MemberOptions["checkpoints"];
  readonly resume?: boolean;
  /** Keeps features in the folder that the config names, and takes them from there. @default false */
  readonly isCached?: boolean;
}

/** Trains a model in memory on documents that are loaded already. */
export async function trainOn(
  config: Config,
  corpora: Corpora,
  backend: Backend,
  options: FitOptions = {},
): Promise<Bundle> {
  options.onStage?.("features");
  const data = await (options.isCached ? prepareCached : prepareInThreads)(config, corpora, options);
  if (trainableMentions(data.train, data.model).length === 0) {
    throw linkwrightError("L508", { path: config.paths.train });
  }
  options.onStage?.("training");
  const members = await fitMembers(config.training, data, backend, options);
  options.onStage?.("calibrating");
  const { find, mirrors } = corpora;
  const origin = { backend: backend.name, run: options.checkpoints?.run ?? "", ...(mirrors && { mirrors }) };
  return { ...finish(config, data, members, origin), find, mentionFilter: data.mentionFilter };
}

/** A config that says which functions were given by value. */
function withFunctions(config: Config, own: TrainingFunctions = {}): Config {
  const functions = functionsToConfig(functionsOf(config, own));
  const { kb, ...paths } = config.paths;
  return { ...config, functions, paths: functions.kb_loader || kb === undefined ? paths : { ...paths, kb } };
}

/** Calibrates the members that are kept, and stores the vectors that they make of entities in the knowledge base. */
function finish(
  config: Config,
  data: TrainingData,
  members: readonly Member[],
  origin: { readonly backend: string; readonly run: string; readonly mirrors?: string },
): Bundle {
  const { kb, model: options, vocabulary, scaling, labels, types, memory } = data;
  const kept = chooseMembers(members, data);
  const ensemble = new Ensemble(kept.map(({ model }) => model));
  const weights = kept.map(({ model }) => model.weights);
  const learned = { options, vocabulary, members: weights, scaling, labels, types, memory };
  if (lacksVectors(kb, learned)) storeVectors(kb, learned, ensemble.encodeEntities());
  return {
    config,
    learned,
    ...calibratedOn(data.dev, ensemble, options),
    kb,
    about: { ...origin, seeds: members.map(seedReport), kept: kept.map(({ seed }) => seed) },
  };
}

/** What dev makes of a model's scores, where they are logits. */
function calibratedOn(
  dev: Prepared,
  ensemble: Ensemble,
  options: ModelOptions,
): Pick<Bundle, "calibration" | "evidence"> {
  if (!architectureOf(options).isCalibrated) return { calibration: undefined, evidence: undefined };
  const judged = judgeDev(dev, ensemble);
  const calibration = calibrate(judged);
  return { calibration, evidence: evidenceOf(judged, dev.table.documents, calibration) };
}

function seedReport({ seed, epochs, bestEpoch, mentions, dev }: Member): SeedReport {
  return { seed, epochs, best_epoch: bestEpoch, mentions, ...dev };
}

/** What must be the same for training to go on from a checkpoint. */
async function runHash(
  config: Config,
  { kb, init, find, train, dev }: Corpora,
  backend: Backend,
): Promise<string> {
  const { paths } = config;
  const { cache: _, ...training } = config.training;
  const everywhere = { ...config, training: { ...training, workers: 0 } }; // features are the same wherever they are made and kept
  const hash = createHash("sha256").update(configToToml(everywhere)).update(backend.name);
  hash.update(kb.hash ?? (await kb.toBytes()));
  for (const weights of init?.members ?? []) hash.update(weightsToBytes(weights));
  for (const path of [paths.train, paths.dev]) hash.update(await readFile(path));
  // What functions answered: they may have changed under the same name.
  for (const doc of find ? [...train, ...dev] : []) {
    for (const { candidates } of find?.(doc, kb) ?? [])
      hash.update(candidates.entities).update(candidates.priors);
  }
  return hash.digest("hex");
}
