import { linkwrightError } from "../errors.js";
import { withCapacity } from "./columns.js";
import { offsetsOf } from "./csr.js";
import { decodeUtf8, Utf8Encoder } from "./utf8.js";

/** What Arrow calls a utf8 column: string `i` is the bytes from `offsets[i]` to `offsets[i + 1]`. */
export interface StringColumns {
  readonly bytes: Uint8Array;
  /** [size + 1] */
  readonly offsets: Int32Array;
}

/** Strings by their index, however they are kept. */
export interface TextColumn {
  readonly size: number;
  at(i: number): string;
}

/** A column of the same strings that can be changed: `texts` itself where it is one. */
export function writable(texts: TextColumn): StringColumn {
  if (texts instanceof StringColumn) return texts;
  const column = new StringColumn();
  for (let i = 0; i < texts.size; i++) column.push(texts.at(i));
  return column;
}

const LARGEST = 2 ** 31 - 1;
const encoder = new Utf8Encoder();

/** A list of strings, all in one buffer: 4 bytes a string and its UTF-8. */
export class StringColumn implements TextColumn {
  private count = 0;
  /** UTF-8 of all strings, and free room behind it. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Where each string begins and, one further, ends; free room behind. */
  offsets: Int32Array = new Int32Array(1);

  get size(): number {
    return this.count;
  }

  at(i: number): string {
    if (!(i >= 0 && i < this.count)) throw new RangeError(`String ${i} of ${this.count}`);
    return decodeUtf8(this.bytes, this.offsets[i] as number, this.offsets[i + 1] as number);
  }

  push(text: string): number {
    const length = encoder.encode(text); // may give the encoder another buffer
    return this.pushBytes(encoder.bytes, length);
  }

  /** Appends the first `length` bytes of `source` as a string, and returns its index. */
  pushBytes(source: Uint8Array, length: number): number {
    const start = this.offsets[this.count] as number;
    const end = start + length;
    if (end > LARGEST) throw linkwrightError("L201", { bytes: end, limit: LARGEST });
    this.bytes = withCapacity(this.bytes, end);
    for (let i = 0; i < length; i++) this.bytes[start + i] = source[i] as number;
    this.offsets = withCapacity(this.offsets, this.count + 2);
    this.offsets[this.count + 1] = end;
    return this.count++;
  }

  /** Replaces string `i`. The others are copied, so that it takes as long as they are. */
  set(i: number, text: string): void {
    const { bytes, offsets } = this.toColumns();
    const [start, end] = [offsets[i] as number, offsets[i + 1] as number];
    const length = encoder.encode(text);
    const added = length - (end - start);
    if (bytes.length + added > LARGEST)
      throw linkwrightError("L201", { bytes: bytes.length + added, limit: LARGEST });
    const replaced = new Uint8Array(bytes.length + added);
    replaced.set(bytes.subarray(0, start));
    replaced.set(encoder.bytes.subarray(0, length), start);
    replaced.set(bytes.subarray(end), start + length);
    this.bytes = replaced;
    this.offsets = offsets.map((offset, k) => (k <= i ? offset : offset + added));
  }

  /** A new column of some strings, in the order that `rows` names them. */
  pick(rows: Int32Array): StringColumn {
    const { offsets } = this;
    const start = (row: number): number => offsets[row] as number;
    const picked = offsetsOf(rows.map((row) => start(row + 1) - start(row)));
    const bytes = new Uint8Array(picked.at(-1) as number);
    rows.forEach((row, i) => {
      bytes.set(this.bytes.subarray(start(row), start(row + 1)), picked[i]);
    });
    return StringColumn.fromColumns({ bytes, offsets: picked });
  }

  /** The content without free room. */
  toColumns(): StringColumns {
    const offsets = this.offsets.subarray(0, this.count + 1);
    return { bytes: this.bytes.subarray(0, offsets[this.count]), offsets };
  }

  /** Takes the arrays as they are; the first `push` copies them. */
  static fromColumns({ bytes, offsets }: StringColumns): StringColumn {
    const column = new StringColumn();
    column.bytes = bytes;
    column.offsets = offsets;
    column.count = offsets.length - 1;
    return column;
  }
}
