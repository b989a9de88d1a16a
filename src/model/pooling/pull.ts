import type { VectorMemory } from "../../tensor/vectors/vector-memory.js";

/**
 * What a mean's upstream gradient g does to a word x of weight w: dx = w * direction, dlog(w) = w * (direction . x - base).
 * A scratch: each mean begins it anew.
 */
export class Pull {
  readonly direction: Float32Array;
  base = 0;

  constructor(memory: VectorMemory, width: number) {
    this.direction = memory.floats(width);
  }

  /** @param up gradient of the mean, which stands at the same place of `mean` @param total the sum of its weights */
  begin(up: Float32Array, mean: Float32Array, at: number, total: number): void {
    this.direction.fill(0);
    this.base = 0;
    this.add(up, mean, at, total);
  }

  /** The gradient of another mean that the same words have a part in. */
  add(up: Float32Array, mean: Float32Array, at: number, total: number): void {
    const { direction } = this;
    const share = 1 / total;
    let base = 0;
    for (let j = 0; j < direction.length; j++) {
      const g = (up[at + j] as number) * share;
      direction[j] = (direction[j] as number) + g;
      base += g * (mean[at + j] as number);
    }
    this.base += base;
  }
}
