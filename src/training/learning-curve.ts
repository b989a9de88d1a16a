import { bundleFor } from "../linker/base-model.js";
import { linkerFrom, type Model } from "../linker/bundle.js";
import { finderWith } from "../linker/candidates.js";
import { type Config, candidateOptions, checkConfig, PLAIN_DECISION } from "../linker/config.js";
import { makeRandom, shuffle } from "../model/random.js";
import { evaluate } from "../scoring/evaluation.js";
import { type Spread, spreadOf } from "../scoring/spread.js";
import type { Backend } from "../tensor/backend.js";
import type { Doc } from "../text/doc.js";
import { readInit } from "./corpus.js";
import type { Corpora } from "./prepare.js";
import { GOLD_CUT_OFF, GOLD_MISSED, GOLD_NIL, goldPlaces, NOT_ANNOTATED } from "./targets.js";
import { type TrialScores, trial } from "./trial.js";

/** Sizes of a learning curve, in annotated mentions; what the corpus does not have falls away, all of it is added. */
export const DEFAULT_SIZES: readonly number[] = [0, 30, 100, 300, 1000, 3000, 10000];

/** One training of a learning curve; scores on dev. */
export interface CurveRun extends TrialScores {
  readonly seed: number;
  /** Annotated mentions and documents that were trained on. */
  readonly mentions: number;
  readonly documents: number;
}

export interface CurvePoint {
  /** Mentions asked for. */
  readonly size: number;
  readonly accuracy: Spread;
  readonly accuracy_ambiguous: Spread;
  readonly runs: readonly CurveRun[];
}

/** Accuracy on dev by the number of training mentions; keys as in its JSON. */
export interface LearningCurve {
  readonly train: string;
  readonly dev: string;
  /** The candidate with the best prior, NIL where there is none. */
  readonly prior_accuracy: number;
  /** The best choice possible among the candidates. */
  readonly oracle_accuracy: number;
  readonly curves: readonly { readonly init: string; readonly points: readonly CurvePoint[] }[];
}

export interface LearningCurveOptions {
  /** @default DEFAULT_SIZES */
  readonly sizes?: readonly number[];
  /** Seeds a size; each takes other documents. @default 3 */
  readonly seeds?: number;
  /** What trainings start from: values of `training.init`. @default the config's */
  readonly inits?: readonly string[];
  readonly onRun?: ((done: number, of: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains on more and more of the training documents. Whole documents are taken, in an order of the seed's own, until
 * they have the mentions asked for. Size 0 is the model to start from as it is, or the prior where there is none.
 * @throws L503 a start that the config's architecture has not
 */
export async function learningCurve(
  config: Config,
  { train, dev, ...found }: Omit<Corpora, "init">,
  backend: Backend,
  options: LearningCurveOptions = {},
): Promise<LearningCurve> {
  const { seeds = 3, inits = [config.training.init], onRun, signal } = options;
  const all = mentionsOf(train);
  const sizes = [...(options.sizes ?? DEFAULT_SIZES).filter((size) => size < all), all].sort((a, b) => a - b);
  const { oracle_accuracy, ...prior } = priorScores(config, found, dev);
  const curves = [];
  let done = 0;
  const configs = inits.map((init) => {
    return checkConfig({ ...config, training: { ...config.training, init } }, "learning-curve");
  });
  for (const ofInit of configs) {
    const { init } = ofInit.training;
    const model = await readInit(init);
    const untrained = model ? await untrainedScores(config, { ...found, dev }, model, backend) : prior;
    const points: CurvePoint[] = [];
    for (const size of sizes) {
      const runs: CurveRun[] = [];
      for (let seed = config.training.seed; seed < config.training.seed + seeds; seed++) {
        signal?.throwIfAborted();
        const docs = size === all ? train : firstDocs(train, size, seed);
        const corpora = { ...found, train: docs, dev, init: model?.learned };
        const scores = size === 0 ? untrained : await trial(ofInit, corpora, backend, { seed, signal });
        runs.push({ seed, mentions: mentionsOf(docs), documents: docs.length, ...scores });
        onRun?.(++done, inits.length * sizes.length * seeds);
      }
      points.push(pointOf(size, runs));
    }
    curves.push({ init, points });
  }
  return {
    train: config.paths.train,
    dev: config.paths.dev,
    prior_accuracy: prior.accuracy,
    oracle_accuracy,
    curves,
  };
}

async function untrainedScores(
  { linker, candidates }: Config,
  { kb, find, dev }: Pick<Corpora, "kb" | "find" | "dev">,
  model: Model,
  backend: Backend,
): Promise<TrialScores> {
  const bundle = bundleFor(kb, model, { linker, candidates, decide: PLAIN_DECISION });
  const { accuracy, accuracy_ambiguous } = await evaluate(linkerFrom({ ...bundle, find }, backend), dev);
  return { accuracy, accuracy_ambiguous };
}

/** What the candidate with the best prior gives, and the best choice possible. */
function priorScores(
  config: Config,
  { kb, find = finderWith(candidateOptions(config)) }: Pick<Corpora, "kb" | "find">,
  dev: readonly Doc[],
): TrialScores & { readonly oracle_accuracy: number } {
  const docs = dev.map((doc) => ({ doc, mentions: find(doc, kb) }));
  const counts = docs.flatMap(({ mentions }) => mentions.map(({ candidates }) => candidates.entities.length));
  const judged = Array.from(goldPlaces(docs, kb, candidateOptions(config)), (place, i) => ({
    place,
    candidates: counts[i] as number,
  }));
  const annotated = judged.filter(({ place }) => place !== NOT_ANNOTATED);
  const ambiguous = annotated.filter(({ place, candidates }) => place >= 0 && candidates >= 2);
  const isRight = ({ place, candidates }: (typeof judged)[number]): boolean =>
    candidates === 0 ? place === GOLD_NIL : place === 0;
  const share = (of: typeof judged, holds: (one: (typeof judged)[number]) => boolean): number =>
    of.filter(holds).length / Math.max(1, of.length);
  return {
    accuracy: share(annotated, isRight),
    accuracy_ambiguous: share(ambiguous, isRight),
    oracle_accuracy: share(annotated, ({ place }) => place !== GOLD_MISSED && place !== GOLD_CUT_OFF),
  };
}

function mentionsOf(docs: readonly Doc[]): number {
  return docs.reduce((sum, { ents }) => sum + ents.filter(({ kbId }) => kbId !== "").length, 0);
}

/** Documents in an order of the seed's own, until they have so many mentions. */
function firstDocs(docs: readonly Doc[], mentions: number, seed: number): Doc[] {
  const order = shuffle(Int32Array.from(docs.keys()), makeRandom(seed, "learning curve"));
  const taken: Doc[] = [];
  let count = 0;
  for (const i of order) {
    if (count >= mentions) break;
    const doc = docs[i] as Doc;
    taken.push(doc);
    count += mentionsOf([doc]);
  }
  return taken;
}

function pointOf(size: number, runs: readonly CurveRun[]): CurvePoint {
  return {
    size,
    accuracy: spreadOf(runs.map(({ accuracy }) => accuracy)),
    accuracy_ambiguous: spreadOf(runs.map(({ accuracy_ambiguous }) => accuracy_ambiguous)),
    runs,
  };
}
