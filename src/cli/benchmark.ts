import { checkConfig } from "../linker/config.js";
import type { TrainableModel } from "../model/trainable-model.js";
import { type BackendName, loadTrainingBackend } from "../tensor/backend.js";
import { askChildren, type UnavailableBackend } from "../tensor/backend-child.js";
import { fit } from "../training/loop.js";
import { newModel } from "../training/members.js";
import { prepare, type TrainingData } from "../training/prepare.js";
import type { MakeStepper } from "../training/stepper.js";
import { stepsOn } from "../training/steps-on.js";
import { madeUpCorpus } from "./made-up-corpus.js";

/** Mentions of a training step that are measured: the default, and what larger devices may like better. */
export const BATCH_SIZES = [64, 256] as const;

/** What training costs on a backend. */
export interface BackendSpeed {
  readonly name: BackendName;
  readonly available: true;
  readonly steps: readonly StepSpeed[];
}

export interface StepSpeed {
  /** Mentions a step, each with four candidates. */
  readonly mentions: number;
  /** Median of the steps after the first few. */
  readonly ms: number;
  readonly mentionsPerSecond: number;
}

/** Steps in which code is compiled and memory is found. */
const WARM_UP = 3;
const FEWEST_STEPS = 5;
/** After which no more steps are measured. */
const ENOUGH_MS = 4000;
/** SwiftShader, a GPU made of a CPU, takes a minute. */
const LONGEST_S = 180;

const CONFIG = checkConfig(
  { paths: { kb: "none", train: "none", dev: "none" }, training: { max_epochs: 1000, patience: 1000 } },
  "benchmark",
);

/** Times training steps of the default model on every backend, each in a process of its own. */
export function benchmarkBackends(): Promise<(BackendSpeed | UnavailableBackend)[]> {
  return askChildren<BackendSpeed>(new URL("./benchmark-child.js", import.meta.url), LONGEST_S);
}

/** Loads a backend into this process and times steps of the training loop, the optimizer's part among them. */
export async function measureTraining(
  name: BackendName,
  { enoughMs = ENOUGH_MS }: { readonly enoughMs?: number } = {},
): Promise<BackendSpeed> {
  const backend = await loadTrainingBackend(name);
  const data = prepare(CONFIG, madeUpCorpus({ documents: 128, seed: 1 }));
  const makeStepper = stepsOn(backend);
  const steps: StepSpeed[] = [];
  for (const mentions of BATCH_SIZES) {
    const times = await stepTimes(data, newModel(1, data, backend), { mentions, enoughMs, makeStepper });
    const ms = times.sort((a, b) => a - b)[times.length >> 1] as number;
    steps.push({ mentions, ms, mentionsPerSecond: (1000 * mentions) / ms });
  }
  return { name, available: true, steps };
}

interface StepTimesOptions {
  readonly mentions: number;
  readonly enoughMs: number;
  readonly makeStepper: MakeStepper;
}

/** Milliseconds of each full step after the warm-up. */
async function stepTimes(
  data: TrainingData,
  model: TrainableModel,
  { mentions, enoughMs, makeStepper }: StepTimesOptions,
): Promise<number[]> {
  const times: number[] = [];
  const enough = new AbortController();
  const begun = performance.now();
  let before = begun;
  let done = 0;
  const onStep = (step: { readonly done: number; readonly mentions: number }): void => {
    const now = performance.now();
    // An epoch's first step has the judgement of dev before it.
    if (++done > WARM_UP && step.done > 1 && step.mentions === mentions) times.push(now - before);
    if (times.length >= FEWEST_STEPS && now - begun > enoughMs) enough.abort();
    before = performance.now();
  };
  const config = { ...CONFIG.training, batch_size: mentions };
  const { signal } = enough;
  await fit(model, data, config, undefined, { makeStepper, onStep, signal }).catch((error: Error) => {
    if (!signal.aborted) throw error;
  });
  return times;
}
