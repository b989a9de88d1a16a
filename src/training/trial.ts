import { linkerFrom } from "../linker/bundle.js";
import { type Config, PLAIN_DECISION } from "../linker/config.js";
import { evaluate } from "../scoring/evaluation.js";
import type { Backend } from "../tensor/backend.js";
import type { Corpora } from "./prepare.js";
import { trainOn } from "./train.js";

/** How one training does on dev, by the measures that comparisons are made with. */
export interface TrialScores {
  readonly accuracy: number;
  readonly accuracy_ambiguous: number;
}

export interface TrialOptions {
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** Trains one model of one seed in memory, links dev with it by the fitted threshold, and lets it go. */
export async function trial(
  config: Config,
  corpora: Corpora,
  backend: Backend,
  { seed, signal }: TrialOptions,
): Promise<TrialScores> {
  const training = { ...config.training, seed, seeds: 1 };
  const bundle = await trainOn({ ...config, decide: PLAIN_DECISION, training }, corpora, backend, { signal });
  const { accuracy, accuracy_ambiguous } = await evaluate(linkerFrom(bundle, backend), corpora.dev, {
    signal,
  });
  return { accuracy, accuracy_ambiguous };
}
