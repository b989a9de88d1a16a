import { withCapacity } from "./columns.js";
import { offsetsOf } from "./csr.js";
import { GramTable, type GramTableColumns, gramCode } from "./gram-table.js";
import type { StringTable } from "./string-table.js";
import { varintSize, writeVarint } from "./varints.js";

/** The arrays of an index. */
export interface TrigramColumns extends GramTableColumns {
  /** Where each gram's list begins in `postings`. [grams + 1] */
  readonly offsets: Int32Array;
  /** For each gram, the steps from each key that has it to the next, from row -1 on, as varints: mostly a byte each. */
  readonly postings: Uint8Array;
  /** How many different grams each key has. [keys] */
  readonly gramCounts: Uint16Array;
}

export interface SimilarKey {
  /** Row in the table of keys. */
  readonly key: number;
  /** Jaccard similarity of the two sets of grams, 0 to 1. */
  readonly similarity: number;
}

/** How many grams a key has at least and at most. */
interface GramLimits {
  readonly shortest: number;
  readonly longest: number;
}

/** Longer strings aren't names, would keep a look-up busy, and have more grams than a byte of `counts` holds. */
const LONGEST = 255;
/** Longer keys have more grams than `gramCounts` holds, and nothing that is searched for is like them. */
const LONGEST_KEY = 0xffff;
/** Control characters, which a folded key doesn't have, mark its beginning and end. */
const BEGINNING = 1;
const END = 2;
/** Bytes of lists that are read in the time that comparing one key takes. */
const COMPARISON = 600;
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
  private readonly counts: Uint8Array;
  /** The keys that a search has counted; the first `touchedSize` hold. */
  private touched: Int32Array = new Int32Array(1024);
  private touchedSize = 0;

  constructor(
    private readonly keys: StringTable,
    private readonly columns: TrigramColumns,
  ) {
    this.grams = GramTable.fromColumns(columns);
    this.counts = new Uint8Array(columns.gramCounts.length);
  }

  static build(keys: StringTable): TrigramIndex {
    const grams = new GramTable();
    // A key has at most as many grams as UTF-16 units, and at least as many bytes as units.
    const occurrences = new Int32Array(keys.toColumns().bytes.length);
    const gramCounts = new Uint16Array(keys.size);
    let sizes = new Int32Array(1024); // bytes of each gram's list
    let lastKey = new Int32Array(1024); // 1 + the last key that has it
    let n = 0;
    for (let key = 0; key < keys.size; key++) {
      const from = n;
      const text = keys.at(key);
      if (text.length > LONGEST_KEY) continue;
      eachGram(text, (code) => {
        const gram = grams.add(code);
        if (gram >= lastKey.length) {
          lastKey = withCapacity(lastKey, gram + 1);
          sizes = withCapacity(sizes, gram + 1);
        }
        const step = key + 1 - (lastKey[gram] as number);
        if (step === 0) return;
        lastKey[gram] = key + 1;
        sizes[gram] = (sizes[gram] as number) + varintSize(step);
        occurrences[n++] = gram;
      });
      gramCounts[key] = n - from;
    }
    const offsets = offsetsOf(sizes.subarray(0, grams.size));
    const postings = invert(occurrences, gramCounts, offsets);
    return new TrigramIndex(keys, { ...grams.toColumns(), offsets, postings, gramCounts });
  }

  toColumns(): TrigramColumns {
    return this.columns;
  }

  /**
   * The keys at least `least` similar to `text` (above 0, to 1), most similar first, ties by row; nothing for more than
   * {@link LONGEST} UTF-16 units, and no key of more than {@link LONGEST_KEY}.
   */
  search(text: string, least: number): SimilarKey[] {
    if (text.length > LONGEST) return [];
    const codes = new Set<number>();
    eachGram(text, (code) => codes.add(code));
    const size = codes.size;
    const overlap = Math.max(1, Math.ceil(least * size - SLACK));
    const grams = [...codes].map((code) => this.grams.get(code)).filter((gram) => gram >= 0);
    grams.sort((a, b) => this.bytesOf(a) - this.bytesOf(b) || a - b);
    // A similar key shares `overlap` grams or more, so it is in one of the lists that are left when the
    // `overlap - 1` longest are put aside; grams that no key has count as the shortest lists.
    const open = Math.max(0, grams.length - (overlap - 1));
    // A key that is first met with so many lists left shares no more grams than those: the later, the shorter it must be.
    const longest = (left: number): number => left + left / least - size + SLACK;
    for (let i = 0; i < open; i++) {
      this.countOpen(grams[i] as number, {
        shortest: size * least - SLACK,
        longest: longest(grams.length - i),
      });
    }
    const rest = grams.slice(open);
    let unread = rest.reduce((bytes, gram) => bytes + this.bytesOf(gram), 0);
    for (const [i, gram] of rest.entries()) {
      this.dropHopeless(rest.length - i, size, least);
      if (this.touchedSize * COMPARISON < unread) {
        this.compareTouched(codes);
        break;
      }
      this.countKnown(gram);
      unread -= this.bytesOf(gram);
    }
    return this.collect(size, least);
  }

  /** Counts a list's keys, new ones too, unless they have too few or too many grams to be similar. */
  private countOpen(gram: number, { shortest, longest }: GramLimits): void {
    const { offsets, postings, gramCounts } = this.columns;
    const { counts } = this;
    const end = offsets[gram + 1] as number;
    let key = -1;
    for (let at = offsets[gram] as number; at < end; ) {
      let byte = postings[at++] as number;
      key += byte & 0x7f;
      for (let shift = 7; byte >= 0x80; shift += 7) {
        byte = postings[at++] as number;
        key += (byte & 0x7f) << shift;
      }
      const count = counts[key] as number;
      if (count === 0) {
        const length = gramCounts[key] as number;
        if (length < shortest || length > longest) continue;
        if (this.touchedSize === this.touched.length) {
          this.touched = withCapacity(this.touched, this.touchedSize + 1);
        }
        this.touched[this.touchedSize++] = key;
      }
      counts[key] = count + 1;
    }
  }

  /** Drops the keys that `lists` more grams can't save. */
  private dropHopeless(lists: number, size: number, least: number): void {
    const { counts, touched } = this;
    const { gramCounts } = this.columns;
    let kept = 0;
    for (let i = 0; i < this.touchedSize; i++) {
      const key = touched[i] as number;
      const most = (counts[key] as number) + lists;
      if (most + SLACK < least * (size + (gramCounts[key] as number) - most)) counts[key] = 0;
      else touched[kept++] = key;
    }
    this.touchedSize = kept;
  }

  /** Counts a list for the keys known so far. */
  private countKnown(gram: number): void {
    const { offsets, postings } = this.columns;
    const { counts } = this;
    const end = offsets[gram + 1] as number;
    let key = -1;
    for (let at = offsets[gram] as number; at < end; ) {
      let byte = postings[at++] as number;
      key += byte & 0x7f;
      for (let shift = 7; byte >= 0x80; shift += 7) {
        byte = postings[at++] as number;
        key += (byte & 0x7f) << shift;
      }
      const count = counts[key] as number;
      if (count !== 0) counts[key] = count + 1;
    }
  }

  /** Counts by the keys themselves, where they are few and the lists that are left are long. */
  private compareTouched(codes: ReadonlySet<number>): void {
    const shared = new Set<number>();
    for (let i = 0; i < this.touchedSize; i++) {
      const key = this.touched[i] as number;
      shared.clear();
      eachGram(this.keys.at(key), (code) => {
        if (codes.has(code)) shared.add(code);
      });
      this.counts[key] = shared.size;
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

  private bytesOf(gram: number): number {
    return (this.columns.offsets[gram + 1] as number) - (this.columns.offsets[gram] as number);
  }
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
function invert(occurrences: Int32Array, gramCounts: Uint16Array, offsets: Int32Array): Uint8Array {
  const next = offsets.slice();
  const lastKey = new Int32Array(offsets.length);
  const postings = new Uint8Array(offsets.at(-1) as number);
  let n = 0;
  for (let key = 0; key < gramCounts.length; key++) {
    const end = n + (gramCounts[key] as number);
    for (; n < end; n++) {
      const gram = occurrences[n] as number;
      next[gram] = writeVarint(postings, next[gram] as number, key + 1 - (lastKey[gram] as number));
      lastKey[gram] = key + 1;
    }
  }
  return postings;
}
