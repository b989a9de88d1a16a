import type { Multiply } from "../tensor/multiply.js";
import type { Weights } from "../tensor/weights.js";
import { Encoder } from "./layers/encoder.js";
import type { ModelOptions } from "./options.js";
import type { Init } from "./parameters.js";

export function descriptionEncoderShapes({
  embeddingWidth,
  entityVectorLength,
}: ModelOptions): Record<string, Init> {
  return {
    description_kernel: { shape: [embeddingWidth, entityVectorLength], gain: 1 },
    description_bias: { shape: [entityVectorLength], gain: 0 },
  };
}

/** The mean of an entity's most telling words -> its vector. [U x embeddingWidth] -> [U x entityVectorLength] */
export function descriptionEncoder(multiply: Multiply, weights: Weights): Encoder {
  return new Encoder(multiply, weights, "description_kernel", "description_bias");
}
