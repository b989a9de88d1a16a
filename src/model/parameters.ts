import type * as tfjs from "@tensorflow/tfjs-core";
import type { TensorFlow } from "../tensor/backend.js";
import { sizeOf, type Weights } from "../tensor/weights.js";
import type { Random } from "./random.js";

/** How a weight starts: Glorot normal times `gain`; 0 starts at zero. */
export interface Init {
  readonly shape: readonly number[];
  readonly gain: number;
}

/** Weights as tensors, for the time of one forward pass. */
export interface DenseTensors {
  /** @throws when there is no such weight: a mistake in the model's code. */
  // biome-ignore lint/suspicious/noExplicitAny: the rank of a weight is known where it is used
  get<T extends tfjs.Tensor = any>(name: string): T;
}

export function initialWeights(inits: Readonly<Record<string, Init>>, random: Random): Weights {
  const weights: Weights = new Map();
  for (const [name, { shape, gain }] of Object.entries(inits)) {
    const values = new Float32Array(sizeOf(shape));
    const [input = 1, output = 1] = shape;
    const deviation = gain * Math.sqrt(2 / (input + output));
    if (gain > 0) for (let i = 0; i < values.length; i++) values[i] = deviation * random.normal();
    weights.set(name, { shape, values });
  }
  return weights;
}

/** Runs a function and frees all tensors that it made; unlike `tf.tidy` it returns plain values. */
export function scoped<T>(tf: TensorFlow, run: () => T): T {
  tf.engine().startScope();
  try {
    return run();
  } finally {
    tf.engine().endScope();
  }
}

/** Uploads the named weights; the caller's {@link scoped} frees them. */
export function toTensors(tf: TensorFlow, weights: Weights, names: readonly string[]): tfjs.Tensor[] {
  return names.map((name) => {
    const weight = weights.get(name);
    if (!weight) throw new Error(`no weight '${name}'`);
    return tf.tensor(weight.values, [...weight.shape], "float32");
  });
}

export function denseTensors(names: readonly string[], tensors: readonly tfjs.Tensor[]): DenseTensors {
  const byName = new Map(names.map((name, i) => [name, tensors[i] as tfjs.Tensor]));
  return {
    get<T extends tfjs.Tensor>(name: string): T {
      const tensor = byName.get(name);
      if (!tensor) throw new Error(`no weight '${name}'`);
      return tensor as T;
    },
  };
}
