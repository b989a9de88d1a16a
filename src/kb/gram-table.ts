/** The arrays of a table. */
export interface GramTableColumns {
  /** Code of each gram. [grams] */
  readonly codes: Int32Array;
  /** Open addressing: 1 + row of a gram, 0 where free. [a power of two, at least 2 x grams] */
  readonly slots: Int32Array;
}

const FEWEST_SLOTS = 1 << 10;

/**
 * Three UTF-16 units as one number to base 1625, the largest whose cube is below 2^32. Grams of letters up to
 * Hebrew all differ; in the scripts above, two grams in billions share a code, and then a list of postings.
 */
export function gramCode(first: number, second: number, third: number): number {
  return (Math.imul(first, 1625 * 1625) + Math.imul(second, 1625) + third) | 0;
}

/** Different gram codes and their rows, 0 to `size - 1` in the order they came. */
export class GramTable {
  size = 0;
  private codes: Int32Array = new Int32Array(FEWEST_SLOTS / 2);
  private slots: Int32Array = new Int32Array(FEWEST_SLOTS);

  /** The row of a gram, -1 when it is not in the table. */
  get(code: number): number {
    return (this.slots[this.slotOf(code)] as number) - 1;
  }

  /** The row of a gram, which is added when it is new. */
  add(code: number): number {
    const slot = this.slotOf(code);
    const known = (this.slots[slot] as number) - 1;
    if (known >= 0) return known;
    if (this.size === this.codes.length) {
      this.grow();
      return this.add(code);
    }
    this.codes[this.size++] = code;
    this.slots[slot] = this.size;
    return this.size - 1;
  }

  toColumns(): GramTableColumns {
    return { codes: this.codes.subarray(0, this.size), slots: this.slots };
  }

  static fromCodes(codes: Int32Array): GramTable {
    const table = new GramTable();
    for (const code of codes) table.add(code);
    return table;
  }

  static fromColumns({ codes, slots }: GramTableColumns): GramTable {
    const table = new GramTable();
    table.codes = codes;
    table.slots = slots;
    table.size = codes.length;
    return table;
  }

  private slotOf(code: number): number {
    const { slots, codes } = this;
    const mask = slots.length - 1;
    const mixed = Math.imul(code, 0x9e3779b1);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    for (let entry = slots[slot] as number; entry !== 0; entry = slots[slot] as number) {
      if (codes[entry - 1] === code) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private grow(): void {
    const { codes, size } = this;
    this.codes = new Int32Array(2 * codes.length);
    this.slots = new Int32Array(2 * this.slots.length);
    this.size = 0;
    for (let row = 0; row < size; row++) this.add(codes[row] as number);
  }
}
