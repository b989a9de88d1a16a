/**
 * Integers in as few bytes as they need: 7 bits a byte, the lowest first, the highest bit says that more follow. Small
 * numbers dominate where these are used: lengths, counts, steps between neighbours.
 */

/** Numbers from 0 up as bytes. */
export function packVarints(values: ArrayLike<number>): Uint8Array {
  let size = 0;
  for (let i = 0; i < values.length; i++) size += varintSize(values[i] as number);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (let i = 0; i < values.length; i++) at = writeVarint(bytes, at, values[i] as number);
  return bytes;
}

/** The first `count` numbers of what `packVarints` made. @throws RangeError there are fewer */
export function unpackVarints(bytes: Uint8Array, count: number): Int32Array {
  const values = new Int32Array(count);
  readVarints(bytes, values);
  return values;
}

/** Lengths as `packVarints` made them -> where each part begins, and the last one ends. // [count] -> [count + 1] */
export function unpackOffsets(bytes: Uint8Array, count: number): Int32Array {
  const offsets = new Int32Array(count + 1);
  readVarints(bytes, offsets.subarray(1));
  for (let i = 1; i < offsets.length; i++) offsets[i] = (offsets[i] as number) + (offsets[i - 1] as number);
  return offsets;
}

/** Reads as many numbers as `values` has room for. */
function readVarints(bytes: Uint8Array, values: Int32Array): void {
  const count = values.length;
  let at = 0;
  for (let i = 0; i < count; i++) {
    const first = bytes[at++] as number;
    if (first < 0x80) {
      values[i] = first;
      continue;
    }
    let byte = bytes[at++] as number;
    let value = (first & 0x7f) | ((byte & 0x7f) << 7);
    for (let shift = 14; byte >= 0x80; shift += 7) {
      byte = bytes[at++] as number;
      value |= (byte & 0x7f) << shift;
    }
    values[i] = value;
  }
  if (at > bytes.length) throw new RangeError(`${bytes.length} bytes hold fewer than ${count} numbers`);
}

/** How many numbers bytes hold. */
export function countVarints(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) < 0x80) count++;
  return count;
}

/** Bytes that a number takes. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}

/** Writes a number at `at` and returns the place behind it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let place = at;
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes[place++] = (rest & 0x7f) | 0x80;
  bytes[place++] = rest;
  return place;
}

/** Steps from each number to the next, those down at odd numbers: what goes up and down a little stays small. */
export function steps(values: ArrayLike<number>): Uint32Array {
  const result = new Uint32Array(values.length);
  let last = 0;
  for (let i = 0; i < values.length; i++) {
    const step = (values[i] as number) - last;
    result[i] = (step << 1) ^ (step >> 31);
    last = values[i] as number;
  }
  return result;
}

/** What `steps` was made of; in place. */
export function addSteps(values: Int32Array): Int32Array {
  let last = 0;
  for (let i = 0; i < values.length; i++) {
    const step = values[i] as number;
    last += (step >>> 1) ^ -(step & 1);
    values[i] = last;
  }
  return values;
}
