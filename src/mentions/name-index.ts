import { fold } from "../kb/fold.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { wordEnd } from "../text/tokenizer.js";

/** Names of more words are not looked for. */
export const LONGEST_NAME = 12;
/** Names in capitals of so many letters may be written with points: "U.S." is "US". */
const LONGEST_INITIALS = 6;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const GOLDEN = 0x9e3779b1;
const FEWEST_BITS = 4;

/** What some first words of a text are to an index. */
export const NOTHING = 0;
export const BEGINNING = 1;
export const NAME = 2;
export type Found = typeof NOTHING | typeof BEGINNING | typeof NAME;

/** The hash of no word. */
export const NO_WORD = FNV_OFFSET | 0;

/**
 * What the names of a knowledge base begin with, word by word: a trie of which only the hashes of its paths are kept,
 * some 12 bytes a name. Words are hashed without case and accents, and without what stands between them, so that
 * "U.S." and "US" meet. Two paths may
 * have one hash, so that what is found here has to be looked up.
 */
export class NameIndex {
  /** Where the words of the name that is added begin and end. */
  private readonly starts = new Int32Array(LONGEST_NAME);
  private readonly ends = new Int32Array(LONGEST_NAME);
  /** Open addressing: 31 bits of a path's hash, and whether a name ends there; 0 where free. */
  private slots = new Int32Array(1 << FEWEST_BITS);
  private shift = 32 - FEWEST_BITS;
  private size = 0;

  private static readonly known = new WeakMap<object, NameIndex>();

  /** The index of a knowledge base's names as they are now: made once, and anew after a change of aliases. */
  static of(kb: Pick<InMemoryLookupKB, "aliases" | "aliasStrings">): NameIndex {
    const { aliases } = kb; // another object after each change
    let index = NameIndex.known.get(aliases);
    if (!index) {
      index = new NameIndex();
      for (let alias = 0; alias < kb.aliasStrings.size; alias++) index.add(kb.aliasStrings.at(alias));
      NameIndex.known.set(aliases, index);
    }
    return index;
  }

  /** What a path of words is, by its hash. */
  find(hash: number): Found {
    const entry = this.slots[this.slotOf(hash)] as number;
    return entry === 0 ? NOTHING : (entry & 1) === 0 ? BEGINNING : NAME;
  }

  add(name: string): void {
    const count = this.findWords(name);
    if (count === 0) return;
    this.addFrom(name, 0, count);
    if (count === 1) this.addInitials(name);
    else if (/^the$/i.test(name.slice(this.starts[0], this.ends[0]))) this.addFrom(name, 1, count);
  }

  /** How many words a name has; 0 where they are too many. */
  private findWords(name: string): number {
    let count = 0;
    for (let at = 0; at < name.length; at++) {
      const end = wordEnd(name, at);
      if (end === at) continue;
      if (count === LONGEST_NAME) return 0;
      this.starts[count] = at;
      this.ends[count++] = end;
      at = end;
    }
    return count;
  }

  private addFrom(name: string, first: number, count: number): void {
    let hash = NO_WORD;
    for (let word = first; word < count; word++) {
      hash = withWord(hash, name, this.starts[word] as number, this.ends[word] as number);
      this.put(hash, word === count - 1);
    }
  }

  /** So that "U.S." is found where the name is "US". */
  private addInitials(name: string): void {
    const [start = 0, end = 0] = [this.starts[0], this.ends[0]];
    if (end - start > LONGEST_INITIALS || !/^\p{Lu}+$/u.test(name.slice(start, end))) return;
    for (let at = start + 1; at < end; at++) this.put(withWord(NO_WORD, name, start, at), false);
  }

  private put(hash: number, isName: boolean): void {
    const slot = this.slotOf(hash);
    const isNew = this.slots[slot] === 0;
    this.slots[slot] = (this.slots[slot] as number) | stored(hash) | Number(isName);
    if (!isNew) return;
    this.size++;
    if (4 * this.size > 3 * this.slots.length) this.grow();
  }

  private grow(): void {
    const entries = this.slots;
    this.slots = new Int32Array(2 * entries.length);
    this.shift--;
    for (const entry of entries) if (entry !== 0) this.slots[this.slotOf(entry)] = entry;
  }

  /** The slot of a hash, or the free one where it would go. */
  private slotOf(hash: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    const wanted = stored(hash);
    let slot = Math.imul(wanted, GOLDEN) >>> this.shift;
    for (let entry = slots[slot] as number; entry !== 0; entry = slots[slot] as number) {
      if ((entry & ~1) === wanted) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}

/** The bits of a hash that are kept; never 0. */
function stored(hash: number): number {
  return hash & ~1 || 2;
}

/** The hash of a path with one more word, `text.slice(start, end)`. */
export function withWord(hash: number, text: string, start: number, end: number): number {
  let longer = hash;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) longer = Math.imul(longer ^ (unit >= 65 && unit <= 90 ? unit + 32 : unit), FNV_PRIME);
    else longer = withFolded(longer, unit);
  }
  return longer;
}

/** What units outside of ASCII are compared by; filled as they are met. */
const folded = new Map<number, string>();

function withFolded(hash: number, unit: number): number {
  let letters = folded.get(unit);
  if (letters === undefined) {
    const isSurrogate = unit >= 0xd800 && unit <= 0xdfff;
    letters = isSurrogate ? String.fromCharCode(unit) : fold(String.fromCharCode(unit));
    folded.set(unit, letters);
  }
  let longer = hash;
  for (let i = 0; i < letters.length; i++) longer = Math.imul(longer ^ letters.charCodeAt(i), FNV_PRIME);
  return longer;
}
