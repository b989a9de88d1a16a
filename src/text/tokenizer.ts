import { RecentWords } from "./recent-words.js";

/** The words of a text as a struct of arrays: word `i` is `text.slice(starts[i], ends[i])`. */
export interface Tokens {
  readonly length: number;
  /** UTF-16 offset where each word begins. // [length] */
  readonly starts: Int32Array;
  /** UTF-16 offset after each word. // [length] */
  readonly ends: Int32Array;
  /** What a word is compared by, see `normalizeWord`. // [length] */
  readonly norms: readonly string[];
}

/**
 * The words of a text, in order: runs of letters, digits, combining marks and underscores (`[\p{L}\p{N}\p{M}_]+`).
 * Emoji, punctuation and lone surrogates stand between words.
 *
 * A loop over char codes: as fast as that regular expression, which overflows its stack on runs of some million
 * letters outside Latin-1.
 */
export function tokenize(text: string): Tokens {
  let starts = new Int32Array((text.length >> 2) + 4);
  let ends = new Int32Array(starts.length);
  const norms: string[] = [];
  for (let at = 0; at < text.length; ) {
    const start = at;
    at = wordEnd(text, start);
    if (at === start) {
      at++;
      continue;
    }
    if (norms.length === starts.length) {
      starts = doubled(starts);
      ends = doubled(ends);
    }
    starts[norms.length] = start;
    ends[norms.length] = at;
    norms.push(knownNorms.get(text.slice(start, at)));
  }
  const { length } = norms;
  return { length, starts: starts.slice(0, length), ends: ends.slice(0, length), norms };
}

/** Where the word that begins at `start` ends; `start` itself when none begins there. */
export function wordEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    const kind = kinds[code] || kindOf(code);
    if (kind === WORD) end++;
    else if (kind === HIGH_SURROGATE && isWordCharacter(text.codePointAt(end) ?? 0)) end += 2;
    else break;
  }
  return end;
}

const OTHER = 1;
const WORD = 2;
const HIGH_SURROGATE = 3;

/** The kind of each UTF-16 code unit met so far; 0 where it is not yet known. */
const kinds = new Uint8Array(0x10000);

function kindOf(code: number): number {
  const isHighSurrogate = code >= 0xd800 && code < 0xdc00;
  const kind = isHighSurrogate ? HIGH_SURROGATE : isWordCharacter(code) ? WORD : OTHER;
  kinds[code] = kind;
  return kind;
}

function isWordCharacter(codePoint: number): boolean {
  return /[\p{L}\p{N}\p{M}_]/u.test(String.fromCodePoint(codePoint));
}

/** Lower case, a plural's ending left out: `"Cities"` => `"city"`, `"Kings"` => `"king"`, `"Glass"` => `"glass"`. */
export function normalizeWord(word: string): string {
  const lower = word.toLowerCase();
  if (lower.length > 4 && lower.endsWith("ies")) return `${lower.slice(0, -3)}y`;
  if (lower.length > 3 && lower.endsWith("s") && !lower.endsWith("ss")) return lower.slice(0, -1);
  return lower;
}

/** Norms of words, so that equal words share one string (which also makes look-ups by norm faster). */
const knownNorms = new RecentWords(1 << 14, normalizeWord);

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
