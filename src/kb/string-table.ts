import { StringColumn, type StringColumns } from "./string-column.js";
import { hashBytes, Utf8Encoder } from "./utf8.js";

/** The arrays of a table. */
export interface StringTableColumns extends StringColumns {
  /**
   * Open addressing: 1 + index of a string, 0 where free. [a power of two, at least 4 / 3 of the size]
   * @default made when first asked for
   */
  readonly slots?: Int32Array | undefined;
}

const FEWEST_SLOTS = 16;
const encoder = new Utf8Encoder();

/** Different strings and their indices, 0 to `size - 1` in the order they came; both ways without an object per string. */
export class StringTable {
  private strings = new StringColumn();
  private slotValues: Int32Array | undefined = new Int32Array(FEWEST_SLOTS);
  /** Whether `slots` is somebody else's, such as what threads share, and stays as it is. */
  private borrowed = false;

  get size(): number {
    return this.strings.size;
  }

  /** Strings that came without slots are hashed when first asked for. */
  private get slots(): Int32Array {
    this.slotValues ??= this.hashed(slotsFor(this.size, 4 / 3));
    return this.slotValues;
  }

  /** The index of a string, -1 when it is not in the table or, in JavaScript, no string. */
  get(text: string): number {
    if (typeof text !== "string") return -1;
    const length = encoder.encode(text);
    return (this.slots[this.slotOf(encoder.bytes, length)] as number) - 1;
  }

  /** The index of a string, which is added when it is new. */
  add(text: string): number {
    const length = encoder.encode(text);
    const slot = this.slotOf(encoder.bytes, length);
    const known = (this.slots[slot] as number) - 1;
    if (known >= 0) return known;
    const index = this.strings.pushBytes(encoder.bytes, length);
    // At most half full, so that a chain of full slots stays short.
    if (2 * this.size > this.slots.length) {
      this.slotValues = this.hashed(2 * this.slots.length);
      this.borrowed = false;
    } else {
      if (this.borrowed) this.slotValues = this.slots.slice();
      this.borrowed = false;
      this.slots[slot] = index + 1;
    }
    return index;
  }

  /** The string of an index. */
  at(index: number): string {
    return this.strings.at(index);
  }

  /** A new table of some strings, in the order that `rows` names them, as if they alone had been added. */
  pick(rows: Int32Array): StringTable {
    const table = new StringTable();
    table.strings = this.strings.pick(rows);
    table.slotValues = table.hashed(slotsFor(rows.length, 2));
    return table;
  }

  toColumns(): StringTableColumns & { readonly slots: Int32Array } {
    return { ...this.strings.toColumns(), slots: this.slots };
  }

  /** Takes the arrays as they are, slots too; the first new string copies them. */
  static fromColumns({ bytes, offsets, slots }: StringTableColumns): StringTable {
    const table = new StringTable();
    table.strings = StringColumn.fromColumns({ bytes, offsets });
    table.slotValues = slots;
    table.borrowed = true;
    return table;
  }

  /** The slot that holds the string of these bytes, or the free one where it would go. */
  private slotOf(bytes: Uint8Array, length: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = hashBytes(bytes, 0, length) & mask;
    for (let entry = slots[slot] as number; entry !== 0; entry = slots[slot] as number) {
      if (this.equals(entry - 1, bytes, length)) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private equals(index: number, bytes: Uint8Array, length: number): boolean {
    const { strings } = this;
    const start = strings.offsets[index] as number;
    if ((strings.offsets[index + 1] as number) - start !== length) return false;
    const own = strings.bytes;
    for (let i = 0; i < length; i++) if (own[start + i] !== bytes[i]) return false;
    return true;
  }

  /** So many slots, filled. */
  private hashed(size: number): Int32Array {
    const { bytes, offsets } = this.strings;
    const slots = new Int32Array(size);
    for (let index = 0; index < this.size; index++) {
      let slot = hashBytes(bytes, offsets[index] as number, offsets[index + 1] as number) & (size - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
      slots[slot] = index + 1;
    }
    return slots;
  }
}

/** A power of two, so much larger than the number of strings. */
function slotsFor(strings: number, room: number): number {
  let slots = FEWEST_SLOTS;
  while (slots < room * strings) slots *= 2;
  return slots;
}
