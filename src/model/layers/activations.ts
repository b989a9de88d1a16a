import { zeros } from "../../tensor/pass-memory.js";

/*
 * Activations of single numbers in flat arrays. "InPlace" changes the array that it is given.
 */

const GELU_SLOPE = 1.702;

export function tanhInPlace(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = Math.tanh(values[i] as number);
}

/** Makes the gradient of tanh's result `y` that of its argument. */
export function tanhBackwardInPlace(gradient: Float32Array, y: Float32Array): void {
  for (let i = 0; i < gradient.length; i++) {
    gradient[i] = (gradient[i] as number) * (1 - (y[i] as number) ** 2);
  }
}

/** Gaussian error linear unit in its sigmoid approximation. */
export function gelu(values: Float32Array): Float32Array {
  const results = zeros(values.length);
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    results[i] = x / (1 + Math.exp(-GELU_SLOPE * x));
  }
  return results;
}

/** Makes the gradient of gelu's result that of its argument `x`. */
export function geluBackwardInPlace(gradient: Float32Array, values: Float32Array): void {
  for (let i = 0; i < gradient.length; i++) {
    const x = values[i] as number;
    const sigmoid = 1 / (1 + Math.exp(-GELU_SLOPE * x));
    gradient[i] = (gradient[i] as number) * sigmoid * (1 + GELU_SLOPE * x * (1 - sigmoid));
  }
}

export function reluInPlace(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) if ((values[i] as number) < 0) values[i] = 0;
}

/** Makes the gradient of relu's result `y` that of its argument. */
export function reluBackwardInPlace(gradient: Float32Array, y: Float32Array): void {
  for (let i = 0; i < gradient.length; i++) if ((y[i] as number) === 0) gradient[i] = 0;
}
