import { memberMaker } from "../linker/bound-model.js";
import type { Config } from "../linker/config.js";
import { Ensemble } from "../model/ensemble.js";
import { makeRandom } from "../model/random.js";
import { startingWeights } from "../model/starting-weights.js";
import type { TrainableModel } from "../model/trainable-model.js";
import { transferWeights } from "../model/transfer.js";
import type { Backend } from "../tensor/backend.js";
import { multiplyWith } from "../tensor/multiply.js";
import { roundToHalf } from "../tensor/weights.js";
import { type DevScores, goodness } from "./calibrate.js";
import { type CheckpointKey, loadCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { type EpochReport, fit, type LoopHooks, scoresOn } from "./loop.js";
import type { TrainingData } from "./prepare.js";
import { stepsOn } from "./steps-on.js";

/** A model that one seed gave, at its best epoch. */
export interface Member {
  readonly seed: number;
  readonly model: TrainableModel;
  readonly epochs: number;
  readonly bestEpoch: number;
  /** Mentions that an epoch trains on. */
  readonly mentions: number;
  /** On dev, before calibration. */
  readonly dev: DevScores;
}

export interface MemberOptions {
  /** @default no checkpoints */
  readonly checkpoints?: Omit<CheckpointKey, "seed"> | undefined;
  /** Goes on from the checkpoints. @default false */
  readonly resume?: boolean | undefined;
  readonly onStep?: LoopHooks["onStep"];
  readonly onEpoch?: ((report: EpochReport, isBest: boolean) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Trains one model for each seed: `training.seed` and those that follow. */
export async function fitMembers(
  config: Config["training"],
  data: TrainingData,
  backend: Backend,
  options: MemberOptions = {},
): Promise<Member[]> {
  const makeStepper = stepsOn(backend);
  const members: Member[] = [];
  const finished: EpochReport[] = [];
  for (let seed = config.seed; seed < config.seed + config.seeds; seed++) {
    const model = newModel(seed, data, backend);
    const { checkpoints, resume, onStep, onEpoch, signal } = options;
    const place = checkpoints && { ...checkpoints, seed };
    const start = place && resume ? await loadCheckpoint(place, model) : undefined;
    const state = await fit(model, data, { ...config, seed }, start, {
      makeStepper,
      onStep,
      signal,
      onEpoch: async (current) => {
        if (place) await saveCheckpoint(place, current, model, finished);
        const last = current.reports.at(-1) as EpochReport;
        onEpoch?.(last, current.best.epoch === last.epoch);
      },
    });
    for (const [name, { values }] of state.best.weights) model.weights.get(name)?.values.set(values);
    roundToHalf(model.weights); // as they are stored: what is calibrated here is what links later
    const { epoch: epochs, best, reports } = state; // moments and the copy of the best weights are let go
    const mentions = reports.at(-1)?.mentions ?? 0;
    members.push({ seed, model, epochs, bestEpoch: best.epoch, mentions, dev: scoresOn(data.dev, model) });
    finished.push(...reports);
  }
  return members;
}

/** All members together where that beats the best of them on dev, else the best alone. */
export function chooseMembers(members: readonly Member[], { dev }: TrainingData): Member[] {
  const ranked = [...members].sort((a, b) => goodness(b.dev) - goodness(a.dev) || a.seed - b.seed);
  const best = ranked.slice(0, 1);
  const together = scoresOn(dev, new Ensemble(members.map(({ model }) => model)));
  return goodness(together) > goodness((best[0] as Member).dev) ? [...members] : best;
}

/** A model that has learned nothing yet. */
export function newModel(seed: number, data: TrainingData, backend: Backend): TrainableModel {
  const { model, featurizer, start } = data;
  const random = makeRandom(seed, "weights");
  const weights = startingWeights(model, featurizer.lexicon, random);
  if (start) transferWeights(weights, { ...data, options: model }, { ...start, seed });
  return memberMaker({ ...data, options: model, multiply: multiplyWith(backend.tf) })(weights);
}
