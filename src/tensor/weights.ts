import { linkwrightError } from "../errors.js";

/** A named array of numbers with its shape; the values are the single truth, tensors are made from them. */
export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export type Weights = Map<string, Weight>;

export type WeightFormat = "float32" | "float16" | "uint8";

export const WEIGHT_FORMATS: readonly WeightFormat[] = ["float32", "float16", "uint8"];

/** Rounds matrices, in place, to what `float16` keeps of them. */
export function roundToHalf(weights: Weights): void {
  for (const { shape, values } of weights.values()) {
    if (shape.length > 1) values.set(values.map((value) => fromHalf(toHalf(value))));
  }
}

const MAGIC = 0x4c4b5757; // "WWKL" when read as bytes, little-endian
const VERSION = 1;

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly format: WeightFormat;
  /** Byte offset of the values after the header, a multiple of four. */
  readonly offset: number;
}

/** The number of values of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, width) => product * width, 1);
}

/** A copy that shares nothing with the original. */
export function cloneWeights(weights: Weights): Weights {
  return new Map([...weights].map(([name, { shape, values }]) => [name, { shape, values: values.slice() }]));
}

/**
 * Weights as bytes: magic, version, length of the header, header (JSON: name, shape, format, offset), values.
 * `float16` halves and `uint8` (one scale and one minimum a row) quarters the size of matrices; vectors stay float32.
 */
export function weightsToBytes(weights: Weights, format: WeightFormat = "float32"): Uint8Array {
  const entries: Entry[] = [];
  const blocks: Uint8Array[] = [];
  let offset = 0;
  for (const [name, weight] of weights) {
    const used = weight.shape.length > 1 ? format : "float32";
    const block = pack(weight, used);
    entries.push({ name, shape: weight.shape, format: used, offset });
    blocks.push(block);
    offset += align(block.byteLength);
  }
  const header = new TextEncoder().encode(JSON.stringify(entries));
  const start = 12 + align(header.byteLength);
  const bytes = new Uint8Array(start + offset);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, header.byteLength, true);
  bytes.set(header, 12);
  entries.forEach((entry, i) => {
    bytes.set(blocks[i] as Uint8Array, start + entry.offset);
  });
  return bytes;
}

/**
 * The inverse of {@link weightsToBytes}; always float32 in memory.
 * @throws L401 when the bytes are something else, another version, cut short, longer, or altered in the header.
 */
export function weightsFromBytes(given: Uint8Array, where: string): Weights {
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength); // a Buffer's slice would share memory
  const refuse = (found: string): never => {
    throw linkwrightError("L401", { where, found });
  };
  if (bytes.byteLength < 12) return refuse(`${bytes.byteLength} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return refuse("another kind of file");
  if (view.getUint32(4, true) !== VERSION)
    return refuse(`version ${view.getUint32(4, true)}, not ${VERSION}`);
  const headerLength = view.getUint32(8, true);
  if (12 + headerLength > bytes.byteLength) return refuse("a header that is cut short");
  const entries = readHeader(bytes.subarray(12, 12 + headerLength));
  if (!entries) return refuse("a header that was altered");
  const start = 12 + align(headerLength);
  const weights: Weights = new Map();
  let end = start;
  for (const entry of entries) {
    const from = end;
    const length = packedLength(entry.shape, entry.format);
    if (start + entry.offset !== from || weights.has(entry.name))
      return refuse(`'${entry.name}' out of place`);
    if (from + length > bytes.byteLength) return refuse(`'${entry.name}' cut short`);
    weights.set(entry.name, { shape: entry.shape, values: unpack(bytes.slice(from, from + length), entry) });
    end = from + align(length);
  }
  if (end !== bytes.byteLength) return refuse(`${bytes.byteLength} bytes, not the ${end} of its header`);
  return weights;
}

/** The entries of a header; undefined when it is none. */
function readHeader(bytes: Uint8Array): readonly Entry[] | undefined {
  try {
    const entries = JSON.parse(new TextDecoder().decode(bytes)) as unknown;
    return Array.isArray(entries) && entries.every(isEntry) ? entries : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: Partial<Entry> | null): value is Entry {
  const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
  const { name, shape, format, offset } = value ?? {};
  return (
    typeof name === "string" &&
    Array.isArray(shape) &&
    shape.every(isCount) &&
    WEIGHT_FORMATS.includes(format as WeightFormat) &&
    isCount(offset)
  );
}

/** Not by bits, which would make a length beyond 2 ** 31 negative. */
const align = (length: number): number => 4 * Math.ceil(length / 4);

function packedLength(shape: readonly number[], format: WeightFormat): number {
  const size = sizeOf(shape);
  if (format === "float32") return size * 4;
  if (format === "float16") return size * 2;
  return align(size) + (shape[0] ?? 1) * 8;
}

function pack({ shape, values }: Weight, format: WeightFormat): Uint8Array {
  if (format === "float32") return new Uint8Array(values.slice().buffer);
  if (format === "float16") return new Uint8Array(Uint16Array.from(values, toHalf).buffer);
  return packRows(values, shape[0] ?? 1);
}

function unpack(bytes: Uint8Array, { shape, format }: Entry): Float32Array {
  if (format === "float32") return new Float32Array(bytes.buffer);
  if (format === "float16") return fromHalves(new Uint16Array(bytes.buffer));
  return unpackRows(bytes, shape[0] ?? 1, sizeOf(shape));
}

/** uint8 codes row by row, then a float32 minimum and step for each row. */
function packRows(values: Float32Array, rows: number): Uint8Array {
  const width = values.length / rows;
  const bytes = new Uint8Array(align(values.length) + rows * 8);
  const ranges = new Float32Array(bytes.buffer, align(values.length), rows * 2);
  for (let row = 0; row < rows; row++) {
    const from = row * width;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = from; i < from + width; i++) {
      low = Math.min(low, values[i] as number);
      high = Math.max(high, values[i] as number);
    }
    const step = (high - low) / 255 || 1;
    ranges[row * 2] = low;
    ranges[row * 2 + 1] = step;
    for (let i = from; i < from + width; i++) bytes[i] = Math.round(((values[i] as number) - low) / step);
  }
  return bytes;
}

function unpackRows(bytes: Uint8Array, rows: number, size: number): Float32Array {
  const width = size / rows;
  const ranges = new Float32Array(bytes.buffer, align(size), rows * 2);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const row = Math.floor(i / width);
    values[i] = (ranges[row * 2] as number) + (bytes[i] as number) * (ranges[row * 2 + 1] as number);
  }
  return values;
}

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

/** IEEE 754 half precision bits of a number, rounded to nearest even; beyond the range: the largest half. */
export function toHalf(value: number): number {
  scratchFloat[0] = value;
  const bits = scratchBits[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  if (exponent >= 31) return sign | 0x7bff;
  if (exponent < -10) return sign;
  const mantissa = exponent > 0 ? bits & 0x7fffff : (bits & 0x7fffff) | 0x800000;
  const shift = exponent > 0 ? 13 : 14 - exponent;
  const kept = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  const rounded = kept + (rest > half || (rest === half && kept & 1) ? 1 : 0);
  return sign | Math.min(0x7bff, (Math.max(0, exponent) << 10) + rounded);
}

let numberOfHalf: Float32Array | undefined;

/** Looked up rather than computed: a model has a million of them, and there are 65,536 different ones. */
function fromHalves(halves: Uint16Array): Float32Array {
  numberOfHalf ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => fromHalf(bits));
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = numberOfHalf[halves[i] as number] as number;
  return values;
}

/** The number that half precision bits stand for. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15));
}
