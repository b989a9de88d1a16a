import { linkerFrom } from "../linker/bundle.js";
import { type Config, PLAIN_DECISION } from "../linker/config.js";
import { evaluate } from "../scoring/evaluation.js";
import { type Spread, spreadOf } from "../scoring/spread.js";
import type { Backend } from "../tensor/backend.js";
import type { Corpora } from "./prepare.js";
import { trainOn } from "./train.js";

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

interface Scores {
  readonly accuracy: number;
  readonly ambiguous: number;
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
  const scores: Scores[][] = [];
  for (const [, model] of variants) {
    const runs: Scores[] = [];
    for (let seed = config.training.seed; seed < config.training.seed + seeds; seed++) {
      signal?.throwIfAborted();
      const ofSeed: Config = {
        ...config,
        decide: PLAIN_DECISION,
        model,
        training: { ...config.training, seed, seeds: 1 },
      };
      const bundle = await trainOn(ofSeed, corpora, backend, { signal });
      const { accuracy, accuracy_ambiguous } = await evaluate(linkerFrom(bundle, backend), corpora.dev);
      runs.push({ accuracy, ambiguous: accuracy_ambiguous });
      onRun?.(++done, variants.length * seeds);
    }
    scores.push(runs);
  }
  const [full = [], ...others] = scores;
  return {
    full: {
      accuracy: spreadOf(full.map(({ accuracy }) => accuracy)),
      accuracy_ambiguous: spreadOf(full.map(({ ambiguous }) => ambiguous)),
    },
    parts: others.map((runs, i) => ({
      part: (variants[i + 1] as (typeof variants)[number])[0],
      accuracy: spreadOf(runs.map(({ accuracy }, run) => (full[run] as Scores).accuracy - accuracy)),
      accuracy_ambiguous: spreadOf(
        runs.map(({ ambiguous }, run) => (full[run] as Scores).ambiguous - ambiguous),
      ),
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
