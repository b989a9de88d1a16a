import { murmurHash64A } from "./murmur-hash.js";
import { SPACY_SYMBOLS } from "./spacy-symbols.js";

const SEED = 1;
const encoder = new TextEncoder();
const symbolIds = new Map(SPACY_SYMBOLS.map((name, id) => [name, BigInt(id)]));

/**
 * The 64-bit number that stands for a string in spaCy's files: a symbol's own, else a hash.
 *
 * stringId("coffee");  // => 3197928453018144401n
 * stringId("PERSON");  // => 380n
 */
export function stringId(text: string): bigint {
  return symbolIds.get(text) ?? murmurHash64A(encoder.encode(text), SEED);
}

/** Whether spaCy knows the string's number without having stored the string. */
export function isSymbol(text: string): boolean {
  return symbolIds.has(text);
}

/** spaCy's StringStore, one way: numbers of strings back to the strings. */
export class StringStore {
  private readonly strings = new Map<bigint, string>();

  constructor(strings: Iterable<string>) {
    for (const text of strings) this.strings.set(stringId(text), text);
  }

  /** The string of a number, "" for 0; undefined when it is neither a symbol nor in the store. */
  get(id: bigint): string | undefined {
    return id < SPACY_SYMBOLS.length ? SPACY_SYMBOLS[Number(id)] : this.strings.get(id);
  }
}
