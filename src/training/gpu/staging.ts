/** Named arrays one after the other, in memory that the next batch uses again: what is uploaded at once. */
export class Staging<T extends Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>> {
  /** Where each array begins. */
  readonly places = new Map<string, number>();
  private used = 0;

  constructor(
    private values: T,
    private readonly make: (length: number) => T,
  ) {}

  static ofInts(): Staging<Int32Array<ArrayBuffer>> {
    return new Staging(new Int32Array(0), (length) => new Int32Array(length));
  }

  static ofFloats(): Staging<Float32Array<ArrayBuffer>> {
    return new Staging(new Float32Array(0), (length) => new Float32Array(length));
  }

  clear(): void {
    this.used = 0;
  }

  /** A new array, whatever numbers are in it; it has to be filled before the next is asked for. */
  take(name: string, length: number): T {
    const end = this.used + length;
    if (end > this.values.length) {
      const grown = this.make(2 * end);
      grown.set(this.all);
      this.values = grown;
    }
    this.places.set(name, this.used);
    this.used = end;
    return this.values.subarray(end - length, end) as T;
  }

  put(name: string, values: ArrayLike<number>): void {
    this.take(name, values.length).set(values);
  }

  /** All arrays. */
  get all(): T {
    return this.values.subarray(0, this.used) as T;
  }
}
