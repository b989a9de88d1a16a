import type { Weights } from "../tensor/weights.js";
import { architectureOf } from "./architecture.js";
import { contextEncoderShapes } from "./context-encoder.js";
import type { Lexicon } from "./lexicon.js";
import type { ModelOptions } from "./options.js";
import { type Init, initialWeights } from "./parameters.js";
import { poolingShapes } from "./pooling/token-pooling.js";
import type { Random } from "./random.js";
import type { Vocabulary } from "./vocabulary.js";

const EMBEDDING_DEVIATION = 0.1;
/** Share of log idf that a word's salience starts with. */
const SALIENCE_SHARE = 0.7;

/** All weights of a model with these options. */
export function weightShapes(options: ModelOptions, { rows }: Vocabulary): Readonly<Record<string, Init>> {
  const pooling: Record<string, Init> = {};
  for (const [name, shape] of Object.entries(poolingShapes(options, rows)))
    pooling[name] = { shape, gain: 0 };
  return {
    ...pooling,
    ...contextEncoderShapes(options),
    ...architectureOf(options).shapes(options),
  };
}

/** Fresh weights: embeddings near zero, a word's salience by its idf. */
export function startingWeights(options: ModelOptions, lexicon: Lexicon, random: Random): Weights {
  const { vocabulary } = lexicon;
  const weights = initialWeights(weightShapes(options, vocabulary), random);
  const values = (name: string): Float32Array => weights.get(name)?.values as Float32Array;
  const embeddings = values("embeddings");
  for (let i = 0; i < embeddings.length; i++) embeddings[i] = EMBEDDING_DEVIATION * random.normal();
  const salience = values("salience").fill(SALIENCE_SHARE * Math.log(5));
  for (let i = 0; i < vocabulary.size; i++) {
    salience[1 + i] = SALIENCE_SHARE * Math.log(lexicon.get(vocabulary.words[i] as string).idf + 0.05);
  }
  const position = values("position");
  for (let i = 0; i < position.length; i++) position[i] = -0.03 * (i % options.contextTokens);
  values("sentence").set([0.5, 0.2]);
  return weights;
}
