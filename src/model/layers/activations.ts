import { unset } from "../../tensor/pass-memory.js";
import { address } from "../../tensor/vectors/kernels.js";
import { VectorMemory } from "../../tensor/vectors/vector-memory.js";

/*
 * Activations of single numbers in flat arrays. "InPlace" changes the array that it is given. For exponentials numbers are
 * copied to where vector instructions reach them, some at a time, and back, which costs a tenth of an exponential.
 */

export const GELU_SLOPE = 1.702;
/** Numbers at a time: what fits into a core's fastest memory. */
const CHUNK = 2048;

/** Where exponentials are computed; made when first needed. */
class Scratch {
  readonly memory = new VectorMemory();
  readonly values = this.memory.floats(CHUNK);
  readonly others = this.memory.floats(CHUNK);
}

let scratch: Scratch | undefined;

function theScratch(): Scratch {
  scratch ??= new Scratch();
  return scratch;
}

export function tanhInPlace(values: Float32Array): void {
  const { memory, values: chunk } = theScratch();
  for (let from = 0; from < values.length; from += CHUNK) {
    const part = values.subarray(from, from + CHUNK);
    chunk.set(part);
    memory.kernels.tanh(address(chunk), part.length);
    part.set(chunk.subarray(0, part.length));
  }
}

/** Makes the gradient of tanh's result `y` that of its argument. */
export function tanhBackwardInPlace(gradient: Float32Array, y: Float32Array): void {
  for (let i = 0; i < gradient.length; i++) {
    gradient[i] = (gradient[i] as number) * (1 - (y[i] as number) ** 2);
  }
}

/** Gaussian error linear unit in its sigmoid approximation. */
export function gelu(values: Float32Array): Float32Array {
  const { memory, values: chunk } = theScratch();
  const results = unset(values.length);
  for (let from = 0; from < values.length; from += CHUNK) {
    const part = values.subarray(from, from + CHUNK);
    chunk.set(part);
    memory.kernels.gelu(address(chunk), part.length, GELU_SLOPE);
    results.set(chunk.subarray(0, part.length), from);
  }
  return results;
}

/** Makes the gradient of gelu's result that of its argument `x`. */
export function geluBackwardInPlace(gradient: Float32Array, x: Float32Array): void {
  const { memory, values: chunk, others } = theScratch();
  for (let from = 0; from < gradient.length; from += CHUNK) {
    const part = gradient.subarray(from, from + CHUNK);
    chunk.set(part);
    others.set(x.subarray(from, from + CHUNK));
    memory.kernels.geluBackward(address(chunk), address(others), part.length, GELU_SLOPE);
    part.set(chunk.subarray(0, part.length));
  }
}

export function reluInPlace(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) if ((values[i] as number) < 0) values[i] = 0;
}

/** Makes the gradient of relu's result `y` that of its argument. */
export function reluBackwardInPlace(gradient: Float32Array, y: Float32Array): void {
  for (let i = 0; i < gradient.length; i++) if ((y[i] as number) === 0) gradient[i] = 0;
}
