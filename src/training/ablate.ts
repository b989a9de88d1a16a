import type { Config } from "../linker/config.js";
import { type Spread, spreadOf } from "../scoring/spread.js";
import type { Backend } from "../tensor/backend.js";
import type { Corpora } from "./prepare.js";
import { type TrialScores, trial } from "./trial.js";

/** What a part of the model brings on dev: the full model's scores minus those without it, seed by seed. */
export interface AblatedPart {
  readonly part: string;
  readonly accuracy: Spread;
  readonly accuracy_ambiguous: Spread;
}

export interface Ablation {
  readonly full: Omit<AblatedPart, "part">;
  readonly parts: readonly AblatedPart[];
}

export interface AblateOptions {
  /** @default 3 */
  readonly seeds?: number;
  readonly onRun?: ((done: number, of: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Trains the model as it is, and once more without each group of features and each part that a config switches. */
export async function ablate(
  config: Config,
  corpora: Corpora,
  backend: Backend,
  { seeds = 3, onRun, signal }: AblateOptions = {},
): Promise<Ablation> {
  const variants = [["full", config.model] as const, ...withoutEach(config.model)];
  let done = 0;
  const scores: TrialScores[][] = [];
  for (const [, model] of variants) {
    const runs: TrialScores[] = [];
    for (let seed = config.training.seed; seed < config.training.seed + seeds; seed++) {
      signal?.throwIfAborted();
      runs.push(await trial({ ...config, model }, corpora, backend, { seed, signal }));
      onRun?.(++done, variants.length * seeds);
    }
    scores.push(runs);
  }
  const [full = [], ...others] = scores;
  const brings = (runs: readonly TrialScores[], key: keyof TrialScores): Spread =>
    spreadOf(runs.map((without, run) => (full[run] as TrialScores)[key] - without[key]));
  return {
    full: {
      accuracy: spreadOf(full.map(({ accuracy }) => accuracy)),
      accuracy_ambiguous: spreadOf(full.map(({ accuracy_ambiguous }) => accuracy_ambiguous)),
    },
    parts: others.map((runs, i) => ({
      part: (variants[i + 1] as (typeof variants)[number])[0],
      accuracy: brings(runs, "accuracy"),
      accuracy_ambiguous: brings(runs, "accuracy_ambiguous"),
    })),
  };
}

/** The model without one part, for each part that it has. */
function withoutEach(model: Config["model"]): (readonly [part: string, model: Config["model"]])[] {
  const groups = model.features.map((group) => {
    const features = model.features.filter((other) => other !== group);
    return [`features: ${group}`, { ...model, features }] as const;
  });
  const switches = ["relative_features", "interactions", "skip", "label_types", "nil_logit"] as const;
  return [
    ...groups,
    ...switches.filter((key) => model[key]).map((key) => [key, { ...model, [key]: false }] as const),
  ];
}
