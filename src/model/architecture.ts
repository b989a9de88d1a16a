import { classifierShapes } from "./classifier-shapes.js";
import { CosineModel, projectionShapes } from "./cosine-model.js";
import { descriptionEncoderShapes } from "./description-encoder.js";
import type { ModelParts } from "./model-parts.js";
import { NelModel } from "./nel-model.js";
import type { ArchitectureName, ModelOptions } from "./options.js";
import type { Init } from "./parameters.js";
import type { TrainableModel } from "./trainable-model.js";

/** A kind of model that a config can choose, and how it differs from the others outside its own file. */
export interface Architecture {
  /** Weights behind the context encoder, which all share. */
  shapes(options: ModelOptions): Record<string, Init>;
  make(parts: ModelParts): TrainableModel;
  /** Whether dev calibrates its scores to probabilities; else they are spaCy's, and decided on as spaCy does. */
  readonly isCalibrated: boolean;
  /** Whether it makes the entities' vectors, of their descriptions; else it takes those of the knowledge base. */
  readonly encodesEntities: boolean;
  /** Whether its loss compares candidates: then one alone teaches nothing where there is no NIL. */
  readonly isContrastive: boolean;
}

const ARCHITECTURES: Readonly<Record<ArchitectureName, Architecture>> = {
  classifier: {
    shapes: (options) => ({ ...descriptionEncoderShapes(options), ...classifierShapes(options) }),
    make: ({ multiply, options, weights, kb, typeCodes, lexicon, stored }) =>
      new NelModel(multiply, options, weights, kb, typeCodes, lexicon, stored),
    isCalibrated: true,
    encodesEntities: true,
    isContrastive: true,
  },
  cosine: {
    shapes: projectionShapes,
    make: (parts) => new CosineModel(parts),
    isCalibrated: false,
    encodesEntities: false,
    isContrastive: false,
  },
};

export function architectureOf({ architecture }: Pick<ModelOptions, "architecture">): Architecture {
  return ARCHITECTURES[architecture];
}
