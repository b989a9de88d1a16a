import { linkwrightError } from "../../errors.js";
import type { Weights } from "../weights.js";
import { type Kernels, kernelsOn } from "./kernels.js";

const PAGE = 65536;
/** All that 32-bit addresses reach. Only what is used is taken from the machine; Node reserves addresses for all, whatever stands here. */
const MOST_PAGES = 65536;
const VECTOR = 16;

/**
 * Numbers where WebAssembly's vector instructions reach them. Memory that is shared grows without detaching the arrays that
 * lie in it, and V8 does not count it, which would have it collect its heap.
 */
export class VectorMemory {
  readonly kernels: Kernels;
  private readonly memory = newMemory();
  private used = VECTOR; // so that no address is 0
  /** Places of arrays that are garbage, by their length in bytes. */
  private readonly free = new Map<number, number[]>();
  private readonly garbage = new FinalizationRegistry<{ at: number; bytes: number }>(({ at, bytes }) => {
    this.free.set(bytes, [...(this.free.get(bytes) ?? []), at]);
  });

  /** @throws L306 */
  constructor() {
    this.kernels = kernelsOn(this.memory);
  }

  /**
   * So many zeros. Their place is used again once the array is garbage: no view of it may be kept without it.
   * @throws L304 more than 4 GB, or than the machine has
   */
  floats(length: number): Float32Array {
    const at = this.take(length * Float32Array.BYTES_PER_ELEMENT);
    return this.watched(new Float32Array(this.memory.buffer, at, length).fill(0));
  }

  /** As {@link floats}. */
  ints(length: number): Int32Array {
    const at = this.take(length * Int32Array.BYTES_PER_ELEMENT);
    return this.watched(new Int32Array(this.memory.buffer, at, length).fill(0));
  }

  private take(bytes: number): number {
    const again = this.free.get(bytes)?.pop();
    if (again !== undefined) return again;
    const at = this.used;
    const used = at + VECTOR * Math.ceil(bytes / VECTOR);
    this.grow(used);
    this.used = used;
    return at;
  }

  private grow(bytes: number): void {
    const missing = bytes - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      this.memory.grow(Math.ceil(missing / PAGE));
    } catch (cause) {
      const { message: reason } = cause as Error;
      throw linkwrightError("L304", { gigabytes: (bytes / 1e9).toFixed(1), reason }, cause);
    }
  }

  private watched<T extends Float32Array | Int32Array>(array: T): T {
    this.garbage.register(array, { at: array.byteOffset, bytes: array.byteLength });
    return array;
  }
}

function newMemory(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  } catch (cause) {
    throw linkwrightError("L306", { reason: (cause as Error).message }, cause);
  }
}

const memories = new WeakMap<Weights, VectorMemory>();

/** The memory in which a model's weights lie, and what is computed with them; they are moved there when first asked for. */
export function memoryOf(weights: Weights): VectorMemory {
  let memory = memories.get(weights);
  if (memory) return memory;
  memory = new VectorMemory();
  for (const [name, { shape, values }] of weights) {
    const moved = memory.floats(values.length);
    moved.set(values);
    weights.set(name, { shape, values: moved });
  }
  memories.set(weights, memory);
  return memory;
}
