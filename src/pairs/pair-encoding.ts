/** Token ids of a pair of texts with the special tokens around them, and which of the two each belongs to. */
export interface EncodedPair {
  readonly ids: readonly number[];
  /** Absent where the model does not tell the texts apart. // as many as ids */
  readonly typeIds?: readonly number[] | undefined;
}

/** What is needed to cut a pair short. */
export interface PairParts {
  readonly pair: EncodedPair;
  /** Token ids of each text alone, without special tokens. */
  readonly first: readonly number[];
  readonly second: readonly number[];
}

/** One batch as the model takes it, rows padded to the longest. */
export interface PaddedBatch {
  readonly rows: number;
  readonly width: number;
  /** // each [rows x width] */
  readonly ids: BigInt64Array;
  readonly mask: BigInt64Array;
  readonly typeIds?: BigInt64Array | undefined;
}

/**
 * How many tokens of two texts stay so that together they have at most `room`: the longer one is cut, and both to the
 * half where both are long. The strategy "longest_first" of Hugging Face's tokenizers, with its rounding.
 */
export function longestFirst(
  first: number,
  second: number,
  room: number,
): readonly [first: number, second: number] {
  if (first + second <= room) return [first, second];
  const short = Math.min(first, second);
  let kept: readonly [number, number] = [short, Math.max(short, room - short)];
  if (kept[0] + kept[1] > room) {
    const half = Math.floor(room / 2);
    kept = [half, half + (room % 2)];
  }
  return first <= second ? kept : [kept[1], kept[0]];
}

/** A pair cut to at most `maxLength` tokens, special tokens and their places kept. */
export function truncatePair({ pair, first, second }: PairParts, maxLength: number): EncodedPair {
  const special = pair.ids.length - first.length - second.length;
  if (pair.ids.length <= maxLength) return pair;
  const [a, b] = longestFirst(first.length, second.length, Math.max(0, maxLength - special));
  const from = placeOf(first, pair.ids, 0);
  const next = placeOf(second, pair.ids, from + first.length);
  const isKept = (i: number): boolean =>
    !(i >= from + a && i < from + first.length) && !(i >= next + b && i < next + second.length);
  return {
    ids: pair.ids.filter((_, i) => isKept(i)),
    typeIds: pair.typeIds?.filter((_, i) => isKept(i)),
  };
}

/** Where a run of ids begins; special tokens stand around it. */
function placeOf(part: readonly number[], ids: readonly number[], from: number): number {
  for (let at = from; at + part.length <= ids.length; at++) {
    if (part.every((id, i) => ids[at + i] === id)) return at;
  }
  throw new Error("the tokenizer encodes a text otherwise in a pair than alone");
}

/** Pairs as one batch. */
export function padPairs(pairs: readonly EncodedPair[], padId: number): PaddedBatch {
  const rows = pairs.length;
  const width = Math.max(...pairs.map(({ ids }) => ids.length));
  const ids = new BigInt64Array(rows * width).fill(BigInt(padId));
  const mask = new BigInt64Array(rows * width);
  const typeIds = pairs.every((pair) => pair.typeIds) ? new BigInt64Array(rows * width) : undefined;
  pairs.forEach((pair, row) => {
    pair.ids.forEach((id, i) => {
      ids[row * width + i] = BigInt(id);
      mask[row * width + i] = 1n;
      if (typeIds) typeIds[row * width + i] = BigInt(pair.typeIds?.[i] as number);
    });
  });
  return { rows, width, ids, mask, typeIds };
}
