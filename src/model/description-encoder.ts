import type * as tfjs from "@tensorflow/tfjs-core";
import type { TensorFlow } from "../tensor/backend.js";
import type { ModelOptions } from "./options.js";
import type { DenseTensors, Init } from "./parameters.js";

export function descriptionEncoderShapes({
  embeddingWidth,
  entityVectorLength,
}: ModelOptions): Record<string, Init> {
  return {
    description_kernel: { shape: [embeddingWidth, entityVectorLength], gain: 1 },
    description_bias: { shape: [entityVectorLength], gain: 0 },
  };
}

/** The vectors of entities: the mean of their most telling words, projected. [U x entityVectorLength] */
export function encodeDescriptions(
  tf: TensorFlow,
  pooled: tfjs.Tensor2D,
  weights: DenseTensors,
): tfjs.Tensor2D {
  const projected = tf.matMul(pooled, weights.get("description_kernel"));
  return tf.tanh(tf.add(projected, weights.get("description_bias")));
}
