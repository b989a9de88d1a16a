import type * as tfjs from "@tensorflow/tfjs-core";
import type { TensorFlow } from "../tensor/backend.js";
import type { ModelOptions } from "./options.js";
import type { DenseTensors, Init } from "./parameters.js";

export function contextEncoderShapes({ embeddingWidth, contextWidth }: ModelOptions): Record<string, Init> {
  return {
    context_kernel: { shape: [4 * embeddingWidth, contextWidth], gain: 1 },
    context_bias: { shape: [contextWidth], gain: 0 },
  };
}

/** The context vectors of a batch: the means of all, left, right and document words, projected. [B x contextWidth] */
export function encodeContext(tf: TensorFlow, pooled: tfjs.Tensor2D, weights: DenseTensors): tfjs.Tensor2D {
  const projected = tf.matMul(pooled, weights.get("context_kernel"));
  return tf.tanh(tf.add(projected, weights.get("context_bias")));
}
