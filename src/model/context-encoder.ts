import type { Multiply } from "../tensor/multiply.js";
import type { Weights } from "../tensor/weights.js";
import { Encoder } from "./layers/encoder.js";
import type { ModelOptions } from "./options.js";
import type { Init } from "./parameters.js";

export function contextEncoderShapes({ embeddingWidth, contextWidth }: ModelOptions): Record<string, Init> {
  return {
    context_kernel: { shape: [4 * embeddingWidth, contextWidth], gain: 1 },
    context_bias: { shape: [contextWidth], gain: 0 },
  };
}

/** The means of all, left, right and document words -> the context vector. [B x 4 embeddingWidth] -> [B x contextWidth] */
export function contextEncoder(multiply: Multiply, weights: Weights): Encoder {
  return new Encoder(multiply, weights, "context_kernel", "context_bias");
}
