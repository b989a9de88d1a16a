/** The kind of memory that arrays lie in: threads see the same numbers in a shared one. */
export type Memory = typeof ArrayBuffer | typeof SharedArrayBuffer;

/** Makers of arrays of zeros. */
export function arraysIn(Memory: Memory) {
  return {
    ints: (length: number): Int32Array => new Int32Array(new Memory(length * Int32Array.BYTES_PER_ELEMENT)),
    floats: (length: number): Float32Array =>
      new Float32Array(new Memory(length * Float32Array.BYTES_PER_ELEMENT)),
    bytes: (length: number): Uint8Array => new Uint8Array(new Memory(length)),
  };
}
