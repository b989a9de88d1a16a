import { memoryOf, type VectorMemory } from "../tensor/vectors/vector-memory.js";
import { sizeOf, type Weights } from "../tensor/weights.js";

/** Gradient of an embedding-like weight: only the rows that a batch touched are other than 0. */
export class SparseGradient {
  readonly values: Float32Array;
  /** Rows touched since the last reset, in the order of their first touch. */
  readonly touched: number[] = [];
  private readonly isTouched: Uint8Array;

  constructor(
    memory: VectorMemory,
    rows: number,
    /** Numbers a row. */
    readonly width: number,
  ) {
    this.values = memory.floats(rows * width);
    this.isTouched = new Uint8Array(rows);
  }

  touch(row: number): void {
    if (this.isTouched[row]) return;
    this.isTouched[row] = 1;
    this.touched.push(row);
  }

  reset(): void {
    for (const row of this.touched) {
      this.values.fill(0, row * this.width, (row + 1) * this.width);
      this.isTouched[row] = 0;
    }
    this.touched.length = 0;
  }
}

/** Gradients of all weights: sparse ones by row, dense ones whole. */
export interface Gradients {
  readonly sparse: ReadonlyMap<string, SparseGradient>;
  readonly dense: ReadonlyMap<string, Float32Array>;
}

/** Zero gradients for some weights, in the same memory. */
export function makeGradients(weights: Weights, sparseNames: readonly string[]): Gradients {
  const memory = memoryOf(weights);
  const sparse = new Map<string, SparseGradient>();
  const dense = new Map<string, Float32Array>();
  for (const [name, { shape }] of weights) {
    const rows = shape[0] ?? 1;
    if (sparseNames.includes(name)) sparse.set(name, new SparseGradient(memory, rows, sizeOf(shape) / rows));
    else dense.set(name, memory.floats(sizeOf(shape)));
  }
  return { sparse, dense };
}

const known = new WeakMap<Weights, Gradients>();

/** The gradients that models of the same weights write, each pass anew: one set, as they are as large as the weights. */
export function gradientsOf(weights: Weights, sparseNames: readonly string[]): Gradients {
  const gradients = known.get(weights) ?? makeGradients(weights, sparseNames);
  known.set(weights, gradients);
  return gradients;
}

export function resetGradients({ sparse, dense }: Gradients): void {
  for (const gradient of sparse.values()) gradient.reset();
  for (const gradient of dense.values()) gradient.fill(0);
}
