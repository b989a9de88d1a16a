import { readFileSync } from "node:fs";

/**
 * What kernels.as.ts exports, which says what each does. Arguments are addresses in the memory, in bytes, then counts and
 * factors.
 */
export interface Kernels {
  addRows(table: number, width: number, rows: number, weights: number, count: number, sums: number): void;
  pullRows(
    table: number,
    gradient: number,
    width: number,
    rows: number,
    weights: number,
    count: number,
    direction: number,
    along: number,
  ): void;
  adam(
    values: number,
    first: number,
    second: number,
    gradient: number,
    count: number,
    keepFirst: number,
    addFirst: number,
    keepSecond: number,
    addSecond: number,
    keepValue: number,
    rate: number,
    epsilon: number,
  ): void;
  squares(values: number, count: number): number;
  gelu(values: number, count: number, slope: number): void;
  geluBackward(gradient: number, x: number, count: number, slope: number): void;
  tanh(values: number, count: number): void;
}

/** Where a number of an array lies, for {@link Kernels}. */
export function address(values: Float32Array | Int32Array, index = 0): number {
  return values.byteOffset + index * values.BYTES_PER_ELEMENT;
}

let module: WebAssembly.Module | undefined;

/** The kernels, on a `WebAssembly.Memory` (which TypeScript knows in browsers alone, and declarations must not name). */
export function kernelsOn(memory: object): Kernels {
  module ??= new WebAssembly.Module(readFileSync(new URL("./kernels.wasm", import.meta.url)));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as unknown as Kernels;
}
