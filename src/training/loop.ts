import { setImmediate } from "node:timers/promises";
import { linkwrightError } from "../errors.js";
import type { Config } from "../linker/config.js";
import { type MentionScorer, scoreMentions } from "../linker/predict.js";
import { architectureOf } from "../model/architecture.js";
import type { ModelOptions } from "../model/options.js";
import { makeRandom, shuffle } from "../model/random.js";
import type { TrainableModel } from "../model/trainable-model.js";
import { cloneWeights, type Weights } from "../tensor/weights.js";
import { type DevScores, devScores, goodness, type Judged, UNCALIBRATED } from "./calibrate.js";
import { oneAhead } from "./one-ahead.js";
import { Adam, cosineRate } from "./optimizer.js";
import type { Prepared, TrainingData } from "./prepare.js";
import { coreStepper, type MakeStepper, type Stepper } from "./stepper.js";
import { GOLD_NIL, isEvidence } from "./targets.js";
import { withAverages } from "./with-averages.js";

/** Steps after which signals and timers get their turn. */
const STEPS_PER_PAUSE = 16;

export interface EpochReport extends DevScores {
  readonly seed: number;
  readonly epoch: number;
  /** Mean over the epoch's steps. */
  readonly loss: number;
  readonly mentions: number;
}

/** All that the next epoch depends on; what a checkpoint holds. */
export interface TrainingState {
  readonly epoch: number;
  readonly adam: Adam;
  readonly best: { readonly score: number; readonly epoch: number; readonly weights: Weights };
  readonly reports: readonly EpochReport[];
}

export interface StepReport {
  readonly seed: number;
  readonly epoch: number;
  /** Steps done in this epoch, and of how many. */
  readonly done: number;
  readonly of: number;
  readonly loss: number;
  /** Mentions of the step. */
  readonly mentions: number;
}

export interface LoopHooks {
  /** After each step. */
  readonly onStep?: ((step: StepReport) => void) | undefined;
  /** After each epoch, before the next. */
  readonly onEpoch?: (state: TrainingState) => void | Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

export interface LoopOptions extends LoopHooks {
  /** @default steps on the cores */
  readonly makeStepper?: MakeStepper;
}

/**
 * Trains until dev has not improved for `patience` epochs; the same seed gives the same weights on the same backend,
 * also when it goes on from a checkpoint: every epoch draws from generators of its own.
 */
export async function fit(
  model: TrainableModel,
  { train, dev, start: origin }: Pick<TrainingData, "train" | "dev" | "start">,
  config: Config["training"],
  start: TrainingState | undefined,
  { makeStepper = coreStepper, ...hooks }: LoopOptions = {},
): Promise<TrainingState> {
  const mentions = trainableMentions(train, model.options);
  let state = start ?? {
    epoch: 0,
    adam: new Adam(model.weights, { averages: config.use_averages }),
    best: origin ? firstBest(dev, model) : noBest(model),
    reports: [],
  };
  const stepper = await makeStepper(model, state.adam);
  try {
    while (state.epoch < config.max_epochs && state.epoch - state.best.epoch < config.patience) {
      const epoch = state.epoch + 1;
      const order = shuffle(mentions.slice(), makeRandom(config.seed, "order", epoch));
      const loss = await trainEpoch(stepper, train, config, { epoch, order, ...hooks });
      await stepper.finish();
      const { averages } = state.adam;
      const scores = averages
        ? withAverages([model.weights], new Map([[model.weights, averages]]), () => scoresOn(dev, model))
        : scoresOn(dev, model);
      const report = { seed: config.seed, epoch, loss, mentions: mentions.length, ...scores };
      state = endEpoch(state, averages ?? model.weights, report);
      await hooks.onEpoch?.(state);
    }
  } finally {
    stepper.close();
  }
  return state;
}

interface Epoch extends LoopHooks {
  /** From 1 on. */
  readonly epoch: number;
  /** The epoch's mentions as they come. */
  readonly order: Int32Array;
}

/** Takes an epoch's steps, and gives their mean loss. */
async function trainEpoch(
  stepper: Stepper,
  train: Prepared,
  config: Config["training"],
  { epoch, order, onStep, signal }: Epoch,
): Promise<number> {
  const { seed, batch_size: size } = config;
  const batches = Array.from({ length: Math.ceil(order.length / size) }, (_, i) =>
    order.subarray(i * size, (i + 1) * size),
  );
  const random = makeRandom(seed, "dropout", epoch);
  const dropout = { random, units: config.dropout, words: config.word_dropout };
  const decay = { weightDecay: config.weight_decay, clipNorm: config.clip_norm };
  const allSteps = batches.length * config.max_epochs;

  function* losses(): Generator<number | Promise<number>> {
    for (const mentions of batches) {
      signal?.throwIfAborted();
      const batch = { table: train.table, mentions, gold: targetsOf(train, mentions), dropout };
      const learningRate = cosineRate(config.learning_rate, stepper.steps, allSteps);
      yield stepper.step(batch, { learningRate, ...decay });
    }
  }

  let mean = 0;
  let done = 0;
  for await (const loss of oneAhead(losses())) {
    signal?.throwIfAborted(); // of the step that was ahead nothing is told
    const { length: mentions } = batches[done++] as Int32Array;
    if (!Number.isFinite(loss)) throw linkwrightError("L509", { epoch, step: done });
    mean += loss / batches.length;
    if (done % STEPS_PER_PAUSE === 1) await setImmediate();
    onStep?.({ seed, epoch, done, of: batches.length, loss, mentions });
  }
  return mean;
}

/** What the model as it stands says of dev. */
export function judgeDev(dev: Prepared, model: MentionScorer): Judged {
  return { logits: scoreMentions(model, dev.table).logits, gold: dev.gold };
}

/** How a model does on dev before calibration. */
export function scoresOn(dev: Prepared, model: MentionScorer): DevScores {
  return devScores(judgeDev(dev, model), UNCALIBRATED);
}

/** A model that starts from another may be best as it is. */
function firstBest(dev: Prepared, model: TrainableModel): TrainingState["best"] {
  return { score: goodness(scoresOn(dev, model)), epoch: 0, weights: cloneWeights(model.weights) };
}

function noBest(model: TrainableModel): TrainingState["best"] {
  return { score: Number.NEGATIVE_INFINITY, epoch: 0, weights: cloneWeights(model.weights) };
}

/** @param weights those that were scored */
function endEpoch(state: TrainingState, weights: Weights, report: EpochReport): TrainingState {
  const score = goodness(report);
  const isBetter = score > state.best.score;
  const best = isBetter ? { score, epoch: report.epoch, weights: cloneWeights(weights) } : state.best;
  return { epoch: report.epoch, adam: state.adam, best, reports: [...state.reports, report] };
}

/** For each mention of a batch the place of its gold among its candidates, -1 for NIL. */
export function targetsOf({ gold }: Prepared, batch: Int32Array): Int32Array {
  return batch.map((mention) => Math.max(GOLD_NIL, gold[mention] as number));
}

/** Mentions that teach something: a choice between candidates, or between one and NIL; without a choice the gold alone. */
export function trainableMentions(
  { table, gold }: Prepared,
  options: Pick<ModelOptions, "nilLogit" | "architecture">,
): Int32Array {
  const { nilLogit } = options;
  const fewest = nilLogit || !architectureOf(options).isContrastive ? 1 : 2;
  const mentions: number[] = [];
  gold.forEach((place, mention) => {
    const candidates = (table.rowStart[mention + 1] as number) - (table.rowStart[mention] as number);
    const hasAnswer = nilLogit ? isEvidence(place) : place >= 0;
    if (hasAnswer && candidates >= fewest) mentions.push(mention);
  });
  return Int32Array.from(mentions);
}
