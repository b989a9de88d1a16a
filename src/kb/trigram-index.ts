import { withCapacity } from "./columns.js";
import { increment, offsetsOf } from "./csr.js";
import { GramTable, type GramTableColumns, gramCode } from "./gram-table.js";
import type { StringTable } from "./string-table.js";

/** The arrays of an index, as they stand on disk. */
export interface TrigramColumns extends GramTableColumns {
  /** Where each gram's keys begin in `postings`. [grams + 1] */
  readonly offsets: Int32Array;
  /** Rows of the keys that have a gram, ascending. */
  readonly postings: Int32Array;
  /** How many different grams each key has. [keys] */
  readonly gramCounts: Uint16Array;
}

export interface SimilarKey {
  /** Row in the table of keys. */
  readonly key: number;
  /** Jaccard similarity of the two sets of grams, 0 to 1. */
  readonly similarity: number;
}

/** Longer strings aren't names, and would keep a look-up busy. */
const LONGEST = 256;
/** Control characters, which a folded key doesn't have, mark its beginning and end. */
const BEGINNING = 1;
const END = 2;
/** Keeps rounding from losing a key whose similarity is exactly the least. */
const SLACK = 1e-9;

/**
 * Which keys are spelled much like a string: an inverted index from the grams of three characters in
 * `^key$` to keys. TF-IDF cosine on the same grams found fewer misspelt names, and so did nearest neighbours of hashed
 * gram vectors, because projecting loses what tells two names apart (docs/experiments.md).
 */
export class TrigramIndex {
  private readonly grams: GramTable;
  /** How many of the query's grams each key has; all zero between searches. [keys] */
  private readonly counts: Uint16Array;
  /** The keys that a search has counted; the first `touchedSize` hold. */
  private touched: Int32Array = new Int32Array(1024);
  private touchedSize = 0;

  constructor(private readonly columns: TrigramColumns) {
    this.grams = GramTable.fromColumns(columns);
    this.counts = new Uint16Array(columns.gramCounts.length);
  }

  static build(keys: StringTable): TrigramIndex {
    const grams = new GramTable();
    // A key has at most as many grams as UTF-16 units, and at least as many bytes as units.
    const occurrences = new Int32Array(keys.toColumns().bytes.length);
    const gramCounts = new Uint16Array(keys.size);
    let postingsOf = new Int32Array(1024);
    let lastKey = new Int32Array(1024);
    let n = 0;
    for (let key = 0; key < keys.size; key++) {
      const from = n;
      eachGram(keys.at(key), (code) => {
        const gram = grams.add(code);
        if (gram >= lastKey.length) {
          lastKey = withCapacity(lastKey, gram + 1);
          postingsOf = withCapacity(postingsOf, gram + 1);
        }
        if (lastKey[gram] === key + 1) return;
        lastKey[gram] = key + 1;
        increment(postingsOf, gram);
        occurrences[n++] = gram;
      });
      gramCounts[key] = n - from;
    }
    const offsets = offsetsOf(postingsOf.subarray(0, grams.size));
    const postings = invert(occurrences, gramCounts, offsets);
    return new TrigramIndex({ ...grams.toColumns(), offsets, postings, gramCounts });
  }

  toColumns(): TrigramColumns {
    return this.columns;
  }

  /** The keys at least `least` similar to `text` (above 0, to 1), most similar first, ties by row. */
  search(text: string, least: number): SimilarKey[] {
    if (text.length > LONGEST) return [];
    const codes = new Set<number>();
    eachGram(text, (code) => codes.add(code));
    const size = codes.size;
    const overlap = Math.max(1, Math.ceil(least * size - SLACK));
    const grams = [...codes].map((code) => this.grams.get(code)).filter((gram) => gram >= 0);
    grams.sort((a, b) => this.postingsOf(a) - this.postingsOf(b) || a - b);
    // A similar key shares `overlap` grams or more, so it is in one of the lists that are left when the
    // `overlap - 1` longest are put aside; grams that no key has count as the shortest lists.
    const open = Math.max(0, grams.length - (overlap - 1));
    for (const gram of grams.slice(0, open)) this.countOpen(gram, size, least);
    grams.slice(open).forEach((gram, i, rest) => {
      this.countKnown(gram, rest.length - i, size, least);
    });
    return this.collect(size, least);
  }

  /** Counts a list's keys, new ones too, unless they are too short or too long to be similar. */
  private countOpen(gram: number, size: number, least: number): void {
    const { offsets, postings, gramCounts } = this.columns;
    const { counts } = this;
    const shortest = size * least - SLACK;
    const longest = size / least + SLACK;
    const end = offsets[gram + 1] as number;
    for (let i = offsets[gram] as number; i < end; i++) {
      const key = postings[i] as number;
      const count = counts[key] as number;
      if (count === 0) {
        const length = gramCounts[key] as number;
        if (length < shortest || length > longest) continue;
        this.touched = withCapacity(this.touched, this.touchedSize + 1);
        this.touched[this.touchedSize++] = key;
      }
      counts[key] = count + 1;
    }
  }

  /** Counts a list for the keys known so far, and drops those that `lists` more grams can't save. */
  private countKnown(gram: number, lists: number, size: number, least: number): void {
    const { offsets, postings, gramCounts } = this.columns;
    const { counts, touched } = this;
    let kept = 0;
    for (let i = 0; i < this.touchedSize; i++) {
      const key = touched[i] as number;
      const most = (counts[key] as number) + lists;
      if (most + SLACK < least * (size + (gramCounts[key] as number) - most)) counts[key] = 0;
      else touched[kept++] = key;
    }
    this.touchedSize = kept;
    const start = offsets[gram] as number;
    const end = offsets[gram + 1] as number;
    if (kept * Math.log2(end - start + 1) < end - start) {
      for (let i = 0; i < kept; i++) {
        const key = touched[i] as number;
        if (includes(postings, start, end, key)) counts[key] = (counts[key] as number) + 1;
      }
      return;
    }
    for (let i = start; i < end; i++) {
      const key = postings[i] as number;
      const count = counts[key] as number;
      if (count !== 0) counts[key] = count + 1;
    }
  }

  /** The similar ones of the counted keys; leaves the counts zero. */
  private collect(size: number, least: number): SimilarKey[] {
    const { counts, touched } = this;
    const found: SimilarKey[] = [];
    for (let i = 0; i < this.touchedSize; i++) {
      const key = touched[i] as number;
      const shared = counts[key] as number;
      counts[key] = 0;
      const similarity = shared / (size + (this.columns.gramCounts[key] as number) - shared);
      if (similarity >= least) found.push({ key, similarity });
    }
    this.touchedSize = 0;
    return found.sort((a, b) => b.similarity - a.similarity || a.key - b.key);
  }

  private postingsOf(gram: number): number {
    return (this.columns.offsets[gram + 1] as number) - (this.columns.offsets[gram] as number);
  }
}

/** Jaccard similarity of the character trigrams of two folded names, as a search measures it. */
export function trigramSimilarity(a: string, b: string): number {
  const codes = new Set<number>();
  eachGram(a, (code) => codes.add(code));
  const others = new Set<number>();
  eachGram(b, (code) => others.add(code));
  let shared = 0;
  for (const code of codes) if (others.has(code)) shared++;
  return shared / Math.max(1, codes.size + others.size - shared);
}

/** Calls `visit` with the code of each three neighbouring UTF-16 units of `^text$`; an empty text has none. */
function eachGram(text: string, visit: (code: number) => void): void {
  let first = BEGINNING;
  let second = text.charCodeAt(0);
  for (let i = 1; i <= text.length; i++) {
    const third = i < text.length ? text.charCodeAt(i) : END;
    visit(gramCode(first, second, third));
    first = second;
    second = third;
  }
}

/** Keys -> grams turned to grams -> keys. */
function invert(occurrences: Int32Array, gramCounts: Uint16Array, offsets: Int32Array): Int32Array {
  const next = offsets.slice();
  const postings = new Int32Array(offsets.at(-1) as number);
  let n = 0;
  for (let key = 0; key < gramCounts.length; key++) {
    const end = n + (gramCounts[key] as number);
    for (; n < end; n++) postings[increment(next, occurrences[n] as number)] = key;
  }
  return postings;
}

/** Whether the ascending `array` has `value` from `start` to before `end`. */
function includes(array: Int32Array, start: number, end: number, value: number): boolean {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((array[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low < end && array[low] === value;
}
