import type { StringColumns } from "./string-column.js";
import type { StringTable } from "./string-table.js";
import { Utf8Encoder } from "./utf8.js";

const encoder = new Utf8Encoder();
/** Keys of a block; a block whose best key is too light is passed over in whole. */
const BLOCK = 256;
/** Bytes of a key that are compared at once. */
const STEP = 4;
/** Runs up to this length, and those that are alike up to this byte, are sorted by comparing keys. */
const SHORT_RUN = 16;
const DEEPEST = 256;

/**
 * Keys in the order of their bytes, which is that of their code points, so that those with a prefix stand together.
 * Twelve bytes a key; nothing is copied of the keys themselves.
 *
 * const index = PrefixIndex.build(keys, weights);
 * index.heaviest("par", 10);  // => keys that begin with "par": "par" itself first, then the heaviest
 */
export class PrefixIndex {
  private constructor(
    private readonly keys: StringColumns,
    /** Keys in their order. // [keys] */
    private readonly order: Int32Array,
    /** Of the keys in that order. // [keys] */
    private readonly weights: Float32Array,
    /** Heaviest weight of each block. // [keys / BLOCK] */
    private readonly tops: Float32Array,
  ) {}

  /** @param weights how much each key is wanted // [keys] */
  static build(keys: StringTable, weights: Float32Array): PrefixIndex {
    const columns = keys.toColumns();
    const order = sortedKeys(columns);
    const inOrder = Float32Array.from(order, (key) => weights[key] as number);
    const tops = new Float32Array(Math.ceil(order.length / BLOCK)).fill(Number.NEGATIVE_INFINITY);
    inOrder.forEach((weight, at) => {
      const block = Math.floor(at / BLOCK);
      if (weight > (tops[block] as number)) tops[block] = weight;
    });
    return new PrefixIndex(columns, order, inOrder, tops);
  }

  /** The `limit` heaviest keys that begin with `prefix`, heaviest first; a key that is the prefix stands before them. */
  heaviest(prefix: string, limit: number): number[] {
    const length = encoder.encode(prefix);
    const wanted = encoder.bytes.slice(0, length);
    const from = this.firstNotBefore(wanted, false);
    const end = this.firstNotBefore(wanted, true);
    if (from === end) return [];
    const first = this.order[from] as number;
    const isWhole = this.lengthOf(first) === length;
    const places = this.heaviestPlaces(isWhole ? from + 1 : from, end, isWhole ? limit - 1 : limit);
    const found = places.map((at) => this.order[at] as number);
    return isWhole ? [first, ...found] : found;
  }

  private heaviestPlaces(from: number, end: number, limit: number): number[] {
    if (limit <= 0) return [];
    const { weights, tops } = this;
    let best: number[] = []; // at most twice `limit`
    let least = Number.NEGATIVE_INFINITY;
    const cut = (): number[] =>
      best.sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b).slice(0, limit);
    for (let at = from; at < end; at++) {
      if (at % BLOCK === 0 && (tops[at / BLOCK] as number) <= least) {
        at += BLOCK - 1;
        continue;
      }
      if ((weights[at] as number) <= least) continue;
      best.push(at);
      if (best.length < 2 * limit) continue;
      best = cut();
      least = weights[best.at(-1) as number] as number;
    }
    return cut();
  }

  /** The first place whose key does not stand before `wanted`; `behind`, nor begins with it. */
  private firstNotBefore(wanted: Uint8Array, behind: boolean): number {
    let [low, high] = [0, this.order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.compare(this.order[middle] as number, wanted);
      if (order < 0 || (behind && order === 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Below 0: the key stands before `wanted`; 0: it begins with it; above 0: it stands behind. */
  private compare(key: number, wanted: Uint8Array): number {
    const { bytes, offsets } = this.keys;
    const start = offsets[key] as number;
    const length = this.lengthOf(key);
    for (let i = 0; i < wanted.length; i++) {
      const byte = i < length ? (bytes[start + i] as number) : -1;
      if (byte !== wanted[i]) return byte - (wanted[i] as number);
    }
    return 0;
  }

  private lengthOf(key: number): number {
    const { offsets } = this.keys;
    return (offsets[key + 1] as number) - (offsets[key] as number);
  }
}

/** Keys by their bytes. Four bytes of each and its number make one 64-bit number, which sorts without a callback. */
function sortedKeys(keys: StringColumns): Int32Array {
  const order = Int32Array.from({ length: keys.offsets.length - 1 }, (_, key) => key);
  const packed = new BigUint64Array(order.length);
  const halves = new Uint32Array(packed.buffer); // the key, then its bytes: typed arrays are little-endian
  const todo: [from: number, end: number, depth: number][] = [[0, order.length, 0]];
  for (let run = todo.pop(); run; run = todo.pop()) {
    const [from, end, depth] = run;
    if (end - from <= SHORT_RUN || depth >= DEEPEST) {
      order.subarray(from, end).sort((a, b) => compareFrom(keys, a, b, depth));
      continue;
    }
    for (let i = from; i < end; i++) {
      halves[2 * i] = order[i] as number;
      halves[2 * i + 1] = fourBytes(keys, order[i] as number, depth);
    }
    packed.subarray(from, end).sort();
    let start = from;
    for (let i = from; i < end; i++) {
      order[i] = halves[2 * i] as number;
      if (i + 1 < end && halves[2 * i + 3] === halves[2 * i + 1]) continue;
      if (i > start) todo.push([start, i + 1, depth + STEP]);
      start = i + 1;
    }
  }
  return order;
}

/** Bytes of a key as one number, zeros behind its end. */
function fourBytes({ bytes, offsets }: StringColumns, key: number, depth: number): number {
  const start = (offsets[key] as number) + depth;
  const end = offsets[key + 1] as number;
  let value = 0;
  for (let i = start; i < start + STEP; i++) value = (value << 8) | (i < end ? (bytes[i] as number) : 0);
  return value;
}

/** Compares keys that are the same before `depth`, but for zero bytes at their end; of keys that go on alike the shorter stands first. */
function compareFrom({ bytes, offsets }: StringColumns, a: number, b: number, depth: number): number {
  const [startA, startB] = [offsets[a] as number, offsets[b] as number];
  const [lengthA, lengthB] = [(offsets[a + 1] as number) - startA, (offsets[b + 1] as number) - startB];
  for (let i = depth; i < lengthA && i < lengthB; i++) {
    const difference = (bytes[startA + i] as number) - (bytes[startB + i] as number);
    if (difference !== 0) return difference;
  }
  return lengthA - lengthB;
}
