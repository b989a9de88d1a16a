import { inflateSync } from "node:zlib";
import { decode } from "@msgpack/msgpack";
import { linkwrightError } from "../errors.js";
import { StringStore } from "../text/string-store.js";

/** The numbers that spaCy has for the attributes of tokens that are read here. */
export const ATTRIBUTES = {
  ORTH: 65,
  DEP: 76,
  ENT_IOB: 77,
  ENT_TYPE: 78,
  HEAD: 79,
  SENT_START: 80,
  ENT_KB_ID: 452,
} as const;

export type Attribute = keyof typeof ATTRIBUTES;

const TOKEN_BYTES = 8;
const LENGTH_BYTES = 4;

/** The tokens of all documents, a row each. */
export interface DocBinTable {
  /** Number of tokens of each document. */
  readonly lengths: readonly number[];
  /** Whether a space follows, 0 or 1. // [tokens] */
  readonly spaces: Uint8Array;
  /** Whether it is not known where spaces are, so that one follows every token. // [documents] */
  readonly unknownSpaces: readonly boolean[];
  readonly strings: StringStore;
  has(attribute: Attribute): boolean;
  /** An attribute of a token; 0 when the table lacks the attribute. */
  at(token: number, attribute: Attribute): bigint;
}

/**
 * Decodes spaCy's `DocBin.to_bytes`: zlib, msgpack, and in it the tokens' attributes as numbers of 64 bits.
 * @param where what messages call the file
 * @throws L122 other bytes, or damaged ones
 */
export function decodeDocBin(bytes: Uint8Array, where: string): DocBinTable {
  const bin = unpack(bytes, where);
  const attrs = listOf(bin, "attrs", where, isInteger);
  if (!attrs.includes(ATTRIBUTES.ORTH)) throw damaged(where, `its attrs lack ORTH, ${ATTRIBUTES.ORTH}`);
  const tokens = bytesOf(bin, "tokens", TOKEN_BYTES * attrs.length, where);
  const count = tokens.byteLength / (TOKEN_BYTES * attrs.length);
  const lengths = lengthsOf(bytesOf(bin, "lengths", LENGTH_BYTES, where), count, where);
  const spaces = new Uint8Array(bytesOf(bin, "spaces", 1, where).buffer);
  if (spaces.length !== count) throw damaged(where, `it has ${count} tokens and ${spaces.length} spaces`);
  if (spaces.some((space) => space > 1)) throw damaged(where, "a space is neither 0 nor 1");
  const columns = Object.fromEntries(
    Object.entries(ATTRIBUTES).map(([name, number]) => [name, attrs.indexOf(number)]),
  ) as Record<Attribute, number>;
  return {
    lengths,
    spaces,
    unknownSpaces: unknownSpacesOf(bin, lengths.length, where),
    strings: new StringStore(listOf(bin, "strings", where, isString)),
    has: (attribute) => columns[attribute] >= 0,
    at(token, attribute) {
      const column = columns[attribute];
      return column < 0 ? 0n : tokens.getBigUint64(TOKEN_BYTES * (token * attrs.length + column), true);
    },
  };
}

/** An error that says what is wrong with a DocBin. */
export function damaged(where: string, why: string, cause?: unknown): Error {
  return linkwrightError("L122", { where, why }, cause);
}

type Unpacked = Readonly<Record<string, unknown>>;

function unpack(bytes: Uint8Array, where: string): Unpacked {
  let bin: unknown;
  try {
    const packed = inflateSync(bytes);
    const limit = packed.length; // no list has more items than the file bytes: a broken length reserves no memory
    // numpy's numbers, such as scores in cats, are maps with bytes as keys
    bin = decode(packed, { maxArrayLength: limit, maxMapLength: limit, mapKeyConverter: String });
  } catch (error) {
    throw damaged(where, `its zlib or msgpack is broken (${(error as Error).message})`, error);
  }
  if (typeof bin === "object" && bin !== null && !Array.isArray(bin)) return bin as Unpacked;
  throw damaged(where, "it holds no msgpack map");
}

/** A view of a copy that begins its buffer. */
function bytesOf(bin: Unpacked, key: string, unit: number, where: string): DataView<ArrayBuffer> {
  const bytes = bin[key];
  if (!(bytes instanceof Uint8Array)) throw damaged(where, `it has no bytes under "${key}"`);
  if (bytes.length % unit !== 0)
    throw damaged(where, `"${key}" has ${bytes.length} bytes, which ${unit} does not divide`);
  return new DataView(Uint8Array.from(bytes).buffer);
}

function listOf<T>(bin: Unpacked, key: string, where: string, isItem: (item: unknown) => item is T): T[] {
  const list = bin[key];
  if (Array.isArray(list) && list.every(isItem)) return list;
  throw damaged(where, `it has no whole list of "${key}"`);
}

function lengthsOf(view: DataView, tokens: number, where: string): number[] {
  const lengths = Array.from({ length: view.byteLength / LENGTH_BYTES }, (_, i) =>
    view.getInt32(LENGTH_BYTES * i, true),
  );
  const sum = lengths.reduce((total, length) => total + length, 0);
  if (lengths.some((length) => length < 0) || sum !== tokens)
    throw damaged(where, `its documents have ${sum} tokens together, but there are ${tokens}`);
  if (lengths.length === 0) throw damaged(where, "it has no documents");
  return lengths;
}

/** `flags` came later than the format: without them the spaces are known. */
function unknownSpacesOf(bin: Unpacked, documents: number, where: string): boolean[] {
  if (bin.flags === undefined) return Array.from({ length: documents }, () => false);
  const flags = listOf(bin, "flags", where, isMap);
  if (flags.length !== documents)
    throw damaged(where, `it has ${documents} documents and flags of ${flags.length}`);
  return flags.map((flag) => flag.has_unknown_spaces === true);
}

const isInteger = (item: unknown): item is number => Number.isSafeInteger(item);
const isString = (item: unknown): item is string => typeof item === "string";
const isMap = (item: unknown): item is Unpacked => typeof item === "object" && item !== null;
