import { type Gradients, makeGradients, resetGradients } from "../model/gradients.js";
import { SPARSE_WEIGHTS } from "../model/pooling/words.js";
import type { Weights } from "../tensor/weights.js";

/** Gradients that several passes add up, until an optimizer takes them: thinc keeps them at the weights. */
export class GradientSum {
  private readonly sum: Gradients;

  constructor(readonly weights: Weights) {
    this.sum = makeGradients(weights, SPARSE_WEIGHTS);
  }

  add({ sparse, dense }: Gradients, factor: number): void {
    for (const [name, values] of dense) {
      addScaled(this.sum.dense.get(name) as Float32Array, values, factor);
    }
    for (const [name, { values, touched, width }] of sparse) {
      const sum = this.sum.sparse.get(name);
      for (const row of touched) {
        sum?.touch(row);
        const [from, to] = [row * width, (row + 1) * width];
        addScaled(sum?.values.subarray(from, to) as Float32Array, values.subarray(from, to), factor);
      }
    }
  }

  /** Hands the sum to `apply`, and begins anew. */
  take(apply: (weights: Weights, gradients: Gradients) => void): void {
    apply(this.weights, this.sum);
    this.clear();
  }

  clear(): void {
    resetGradients(this.sum);
  }
}

function addScaled(sum: Float32Array, values: Float32Array, factor: number): void {
  for (let i = 0; i < values.length; i++) sum[i] = (sum[i] as number) + factor * (values[i] as number);
}
