import { Column } from "./columns.js";
import { type Csr, groupBy } from "./csr.js";
import type { StringTable } from "./string-table.js";
import { hashBytes, Utf8Encoder } from "./utf8.js";

const SPACE = 0x20;
const MOST_WORDS = 4;
/** Shorter rests, such as the "of" of "city of", say nothing. In bytes. */
const SHORTEST = 4;
/** Keys of a bucket, or half as many: fewer would cost more places where a bucket begins. */
const PER_BUCKET = 4;
const encoder = new Utf8Encoder();

/**
 * Keys of two to four words by what is left of them without the first or the last word: "orange county" is
 * found by "orange". Stores no string, only buckets of keys by the rest's hash; a look-up compares with the
 * keys' own bytes.
 */
export class PartialIndex {
  /** @param buckets keys by bucket; a power of two of lists */
  constructor(
    private readonly keys: StringTable,
    readonly buckets: Csr,
  ) {}

  static build(keys: StringTable): PartialIndex {
    const { bytes, offsets } = keys.toColumns();
    const hashes = new Column(new Int32Array(0));
    const rows = new Column(new Int32Array(0));
    for (let key = 0; key < keys.size; key++) {
      const start = offsets[key] as number;
      const end = offsets[key + 1] as number;
      if (!hasFewWords(bytes, start, end)) continue;
      const second = bytes.indexOf(SPACE, start) + 1;
      const last = bytes.lastIndexOf(SPACE, end - 1);
      if (end - second >= SHORTEST) {
        hashes.push(hashBytes(bytes, second, end));
        rows.push(key);
      }
      if (last - start >= SHORTEST) {
        hashes.push(hashBytes(bytes, start, last));
        rows.push(key);
      }
    }
    const buckets = 2 ** Math.ceil(Math.log2(rows.size / PER_BUCKET + 1));
    const { offsets: bucketOffsets, values } = groupBy(
      hashes.values.map((hash) => hash & (buckets - 1)),
      buckets,
    );
    return new PartialIndex(keys, {
      offsets: bucketOffsets,
      values: values.map((i) => rows.values[i] as number),
    });
  }

  /** The keys that are `text` and one more word before or behind it, ascending. */
  search(text: string): number[] {
    const length = encoder.encode(text);
    if (length < SHORTEST) return [];
    const query = encoder.bytes;
    const { bytes, offsets } = this.keys.toColumns();
    const bucket = hashBytes(query, 0, length) & (this.buckets.offsets.length - 2);
    const found: number[] = [];
    const bucketEnd = this.buckets.offsets[bucket + 1] as number;
    for (let i = this.buckets.offsets[bucket] as number; i < bucketEnd; i++) {
      const key = this.buckets.values[i] as number;
      const start = offsets[key] as number;
      const end = offsets[key + 1] as number;
      const before =
        bytes.indexOf(SPACE, start) + 1 === end - length && equal(bytes, end - length, query, length);
      const behind =
        bytes.lastIndexOf(SPACE, end - 1) === start + length && equal(bytes, start, query, length);
      // "york york" is twice in the bucket of "york".
      if ((before || behind) && found.at(-1) !== key) found.push(key);
    }
    return found;
  }
}

function hasFewWords(bytes: Uint8Array, start: number, end: number): boolean {
  let words = 1;
  for (let i = start; i < end; i++) if (bytes[i] === SPACE) words++;
  return words >= 2 && words <= MOST_WORDS;
}

function equal(bytes: Uint8Array, start: number, query: Uint8Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[start + i] !== query[i]) return false;
  return true;
}
