import { IMPOSSIBLE } from "../../model/classifier.js";
import { hiddenRowLayout, nilHiddenLayout, type RowLayout } from "../../model/classifier-shapes.js";
import { LEAST_SLOPE } from "../../model/cross-entropy.js";
import { featureColumns } from "../../model/features/groups.js";
import { COSINE_SCALE, DOT_SCALE, SIMILARITIES, EPSILON as UNIT_EPSILON } from "../../model/interactions.js";
import { GELU_SLOPE } from "../../model/layers/activations.js";
import { NIL_HIDDEN, TOP_SCALE } from "../../model/nil-scorer.js";
import type { ModelOptions } from "../../model/options.js";
import { NEAR_DECAY, SENTENCE_BIASES } from "../../model/pooling/context-means.js";
import { HIGHEST_LOG_WEIGHT, LOWEST_LOG_WEIGHT, EPSILON as MEAN_EPSILON } from "../../model/pooling/words.js";
import { ADAM } from "../optimizer.js";
import type { Constants } from "./notation.js";
import type { WeightPlaces } from "./weight-places.js";

/** In the order in which they stand; the context's encoder reads all but the last, after which those of entities stand. */
const MEANS_OF_A_MENTION = { ALL: 0, LEFT: 1, RIGHT: 2, DOCUMENT: 3, NEAR: 4 } as const;

/** Whole numbers of the kernels: widths, and where columns stand. */
export function wholeConstants(options: ModelOptions, { places, dense, length }: WeightPlaces): Constants {
  return {
    EMBEDDING: options.embeddingWidth,
    REACH: options.contextTokens,
    DOCUMENT_WORDS: options.documentTokens,
    DESCRIPTION_WORDS: options.descriptionTokens,
    SENTENCES: SENTENCE_BIASES,
    CONTEXT: options.contextWidth,
    VECTOR: options.entityVectorLength,
    TYPES: options.typeWidth,
    FEATURES: featureColumns(options.features, options.relativeFeatures).length,
    HIDDEN: options.hiddenWidth,
    SIMILARITIES,
    NIL_HIDDEN,
    ...MEANS_OF_A_MENTION,
    PARTS: Object.keys(MEANS_OF_A_MENTION).length,
    ...columnsOf("ROW", hiddenRowLayout(options)),
    ...columnsOf("NIL", nilHiddenLayout(options)),
    WEIGHTS: length,
    DENSE: dense,
    EMBEDDINGS: places.get("embeddings") as number,
    SALIENCE: places.get("salience") as number,
  };
}

export const REAL_CONSTANTS: Constants = {
  LOWEST_LOG_WEIGHT,
  HIGHEST_LOG_WEIGHT,
  NEAR_DECAY,
  MEAN_EPSILON,
  UNIT_EPSILON,
  DOT_SCALE,
  COSINE_SCALE,
  GELU_SLOPE,
  TOP_SCALE,
  IMPOSSIBLE,
  LEAST_SLOPE,
  BETA1: ADAM.beta1,
  BETA2: ADAM.beta2,
  // Not 1 - BETA2 on the device, which has no doubles.
  NEW_SHARE1: 1 - ADAM.beta1,
  NEW_SHARE2: 1 - ADAM.beta2,
  ADAM_EPSILON: ADAM.epsilon,
};

/** ROW_PRIOR, say: the first column of that name; ROW_WIDTH: how many there are. */
function columnsOf(prefix: string, layout: RowLayout): Constants {
  const constants: Record<string, number> = {};
  let at = 0;
  for (const [name, columns] of layout) {
    constants[`${prefix}_${name.toUpperCase()}`] = at;
    at += columns;
  }
  return { ...constants, [`${prefix}_WIDTH`]: at };
}
