import { Column } from "./columns.js";

/** The arrays of a list: number `i` is `low[i] + 65536 * high[i]`. */
export interface CompactColumns {
  readonly low: Uint16Array;
  /** Left out where all numbers take two bytes. */
  readonly high: Uint8Array | Uint16Array | undefined;
}

/** A list of integers from 0 to 2^31 - 1, in two bytes each; in three or four where one of them needs that. */
export class CompactIntegers implements CompactColumns {
  readonly low: Uint16Array;
  readonly high: Uint8Array | Uint16Array | undefined;

  constructor({ low, high }: CompactColumns) {
    this.low = low;
    this.high = high;
  }

  get length(): number {
    return this.low.length;
  }

  /** @param i from 0 to `length - 1` */
  at(i: number): number {
    const low = this.low[i] as number;
    return this.high === undefined ? low : low | ((this.high[i] as number) << 16);
  }

  /** Numbers from `start` to before `end`, a copy. */
  slice(start: number, end: number): Int32Array {
    const values = new Int32Array(end - start);
    for (let i = 0; i < values.length; i++) values[i] = this.at(start + i);
    return values;
  }

  toColumns(): CompactColumns {
    const { low, high } = this;
    return { low, high };
  }
}

/** Makes such a list, number by number. */
export class CompactIntegersBuilder {
  private readonly low = new Column(new Uint16Array(0));
  private readonly high = new Column(new Uint16Array(0));
  private largest = 0;

  get size(): number {
    return this.low.size;
  }

  push(value: number): void {
    this.low.push(value & 0xffff);
    this.high.push(value >>> 16);
    this.largest = Math.max(this.largest, value);
  }

  build(): CompactIntegers {
    const high = highParts(this.size, this.largest);
    high?.set(this.high.values);
    return new CompactIntegers({ low: this.low.values, high });
  }
}

/** Room for the high parts of so many numbers, none of them above `largest`. */
export function highParts(length: number, largest: number): CompactColumns["high"] {
  if (largest < 2 ** 16) return undefined;
  return largest < 2 ** 24 ? new Uint8Array(length) : new Uint16Array(length);
}
