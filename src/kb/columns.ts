export type NumberArray = Uint8Array | Uint16Array | Int32Array | Float32Array;

const SMALLEST = 16;

/** `array` itself when it has room for `needed` values, else a copy with at least twice the room. */
export function withCapacity<T extends NumberArray>(array: T, needed: number): T {
  if (needed <= array.length) return array;
  const Type = array.constructor as new (length: number) => T;
  const larger = new Type(Math.max(needed, 2 * array.length, SMALLEST));
  larger.set(array);
  return larger;
}

/** A list of numbers in a typed array that grows by doubling. Growth copies, so a column over a file's bytes leaves them as they are. */
export class Column<T extends NumberArray> {
  private array: T;
  private view: T | undefined;
  private count: number;

  /** Takes `array` as it is: all of it is the content. */
  constructor(array: T) {
    this.array = array;
    this.count = array.length;
  }

  get size(): number {
    return this.count;
  }

  /** The content, exactly `size` long. Values are never moved or changed under it; a later `push` is not in it. */
  get values(): T {
    this.view ??= this.array.subarray(0, this.count) as T;
    return this.view;
  }

  push(value: number): void {
    this.array = withCapacity(this.array, this.count + 1);
    this.array[this.count++] = value;
    this.view = undefined;
  }
}
