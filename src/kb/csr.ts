/** Lists of numbers in two arrays (compressed sparse rows): list `i` is `values[offsets[i]]` to before `values[offsets[i + 1]]`. */
export interface Csr {
  /** [lists + 1] */
  readonly offsets: Int32Array;
  readonly values: Int32Array;
}

/** List `i`, a view. */
export function list(csr: Csr, i: number): Int32Array {
  return csr.values.subarray(csr.offsets[i], csr.offsets[i + 1]);
}

/** Counts -> the offsets of lists that are that long. // [counts] -> [counts + 1] */
export function offsetsOf(counts: Int32Array): Int32Array {
  const offsets = new Int32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) offsets[i + 1] = (offsets[i] as number) + (counts[i] as number);
  return offsets;
}

/** Offsets -> how long each list is. // [counts + 1] -> [counts] */
export function lengthsOf(offsets: Int32Array): Int32Array {
  const lengths = new Int32Array(offsets.length - 1);
  for (let i = 0; i < lengths.length; i++) lengths[i] = (offsets[i + 1] as number) - (offsets[i] as number);
  return lengths;
}

/** The indices of `groupOf` by group, ascending within each: `groupBy([1, 0, 1], 2)` => lists `[1]` and `[0, 2]`. */
export function groupBy(groupOf: Int32Array, groups: number): Csr {
  // Group g is counted at g + 2: summed up, g + 1 holds where g begins, and once g is filled, where it ends.
  const offsets = new Int32Array(groups + 2);
  for (let i = 0; i < groupOf.length; i++) increment(offsets, (groupOf[i] as number) + 2);
  for (let i = 2; i < offsets.length; i++) offsets[i] = (offsets[i] as number) + (offsets[i - 1] as number);
  const values = new Int32Array(groupOf.length);
  for (let i = 0; i < groupOf.length; i++) values[increment(offsets, (groupOf[i] as number) + 1)] = i;
  return { offsets: offsets.subarray(0, -1), values };
}

/** Adds one to `array[i]` and returns what it was. */
export function increment(array: Int32Array, i: number): number {
  const value = array[i] as number;
  array[i] = value + 1;
  return value;
}
