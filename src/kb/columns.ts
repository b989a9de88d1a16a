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

/** Some rows of `values`, in the order that `rows` names them. // [n, width] -> [rows, width] */
export function pickRows<T extends NumberArray>(values: T, rows: Int32Array, width = 1): T {
  const Type = values.constructor as new (length: number) => T;
  const picked = new Type(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] as number) * width;
    for (let j = 0; j < width; j++) picked[i * width + j] = values[from + j] as number;
  }
  return picked;
}

/** A list of numbers in a typed array that grows by doubling. */
export class Column<T extends NumberArray> {
  private array: T;
  private view: T | undefined;
  private count: number;
  /** Whether the array is somebody else's, such as a file's bytes: it is copied before it is changed. */
  private borrowed = true;

  /** Takes `array` as it is: all of it is the content. */
  constructor(array: T) {
    this.array = array;
    this.count = array.length;
  }

  get size(): number {
    return this.count;
  }

  /** The content, exactly `size` long, to be read only; what is pushed later is not in it. */
  get values(): T {
    this.view ??= this.array.subarray(0, this.count) as T;
    return this.view;
  }

  push(value: number): void {
    this.array = withCapacity(this.array, this.count + 1);
    this.array[this.count++] = value;
    this.borrowed = false;
    this.view = undefined;
  }

  set(i: number, value: number): void {
    if (this.borrowed) {
      this.array = this.array.slice() as T;
      this.borrowed = false;
      this.view = undefined;
    }
    this.array[i] = value;
  }
}
