import { sizeOf, type Weights } from "../tensor/weights.js";
import type { Random } from "./random.js";

/** How a weight starts: Glorot normal times `gain`; 0 starts at zero. */
export interface Init {
  readonly shape: readonly number[];
  readonly gain: number;
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
