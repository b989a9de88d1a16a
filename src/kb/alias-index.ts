import { RecentWords } from "../text/recent-words.js";
import { normalizeWord } from "../text/tokenizer.js";
import { type Csr, groupBy, list } from "./csr.js";
import { fold } from "./fold.js";
import { isOneTypo, swaps } from "./one-typo.js";
import { PartialIndex } from "./partial-index.js";
import { PrefixIndex } from "./prefix-index.js";
import { StringTable } from "./string-table.js";
import { type TrigramColumns, TrigramIndex } from "./trigram-index.js";

export interface SimilarAlias {
  /** Alias row. */
  readonly alias: number;
  /**
   * 1 for the same fold. Where one letter of n (of the longer fold) is wrong, missing, too many or swapped with its
   * neighbour, 1 - 1 / n; else the Jaccard similarity of the folds' character trigrams. 0 to 1.
   */
  readonly similarity: number;
}

/** The parts of an index, as they stand on disk. */
export interface AliasIndexParts {
  /** The different folds of the aliases. */
  readonly keys: StringTable;
  /** Alias rows by key. */
  readonly aliases: Csr;
  /** Keys by the hash of what one word less leaves of them. */
  readonly partials: Csr;
  readonly trigrams: TrigramColumns;
}

/**
 * Names of fewer letters and digits are neither found by their likeness to others nor offered for it: anything
 * resembles them.
 */
const SHORTEST_TRIGRAM = 4;
/** In longer names trigrams alone tell two swapped letters. */
const LONGEST_SWAPPED = 11;
const SHORTEST_PARTIAL = 4;
/** As many as anybody asks for. */
const MOST_SIMILAR = 10;
/** Names whose similar aliases are remembered, or twice as many: a search takes a millisecond among a million keys. */
const REMEMBERED = 1 << 12;

/**
 * The ways from a mention to alias rows, from the strict to the lax. The caller decides which to try: none
 * falls back on another. Arrays that are returned are views: don't write into them.
 */
export class AliasIndex {
  private readonly partials: PartialIndex;
  private readonly trigrams: TrigramIndex;
  private readonly similar = new RecentWords(REMEMBERED, (key) => this.findSimilar(key));

  constructor(
    private readonly strings: StringTable,
    private readonly parts: AliasIndexParts,
  ) {
    this.partials = new PartialIndex(parts.keys, parts.partials);
    this.trigrams = new TrigramIndex(parts.keys, parts.trigrams);
  }

  static build(strings: StringTable): AliasIndex {
    const keys = new StringTable();
    const keyOf = new Int32Array(strings.size);
    for (let alias = 0; alias < strings.size; alias++) keyOf[alias] = keys.add(fold(strings.at(alias)));
    return new AliasIndex(strings, {
      keys,
      aliases: groupBy(keyOf, keys.size),
      partials: PartialIndex.build(keys).buckets,
      trigrams: TrigramIndex.build(keys).toColumns(),
    });
  }

  toParts(): AliasIndexParts {
    return this.parts;
  }

  /** The alias that is the mention, letter by letter; -1 when there is none. */
  exact(mention: string): number {
    return this.strings.get(mention);
  }

  /** Aliases with the mention's fold, ascending. */
  normalised(mention: string): Int32Array {
    return this.ofKey(fold(mention));
  }

  /** Aliases whose fold is `key`, ascending. */
  ofKey(key: string): Int32Array {
    const row = key === "" ? -1 : this.parts.keys.get(key);
    return row < 0 ? NONE : list(this.parts.aliases, row);
  }

  /** Aliases with the mention's fold once its last word is singular: "Russians" => "Russian"; none when it already is. */
  plural(mention: string): Int32Array {
    const key = fold(mention);
    const lastWord = key.lastIndexOf(" ") + 1;
    const singular = key.slice(0, lastWord) + normalizeWord(key.slice(lastWord));
    return singular === key ? NONE : this.ofKey(singular);
  }

  /** Aliases of two to four words that are the mention once their first or last word is left out, ascending. */
  partial(mention: string): Int32Array {
    const key = fold(mention);
    if (key.length < SHORTEST_PARTIAL) return NONE;
    const aliases = this.partials.search(key).flatMap((found) => [...list(this.parts.aliases, found)]);
    return Int32Array.from(aliases).sort();
  }

  /**
   * The aliases that are spelled most like the mention, best first, ties by row; nothing for less than 4 letters and digits,
   * nor for more than 255 characters.
   * @param limit no more than {@link MOST_SIMILAR}
   */
  trigram(mention: string, limit = MOST_SIMILAR): SimilarAlias[] {
    const key = fold(mention);
    return isLong(key) ? this.similar.get(key).slice(0, limit) : [];
  }

  /** The {@link MOST_SIMILAR} aliases whose keys are most like another. */
  private findSimilar(key: string): SimilarAlias[] {
    const found: SimilarAlias[] = [];
    let last = 2;
    for (const { row, similarity } of this.similarKeys(key)) {
      // Keys of one similarity may have their aliases mixed: a tie is taken in whole, and cut once sorted.
      if (found.length >= MOST_SIMILAR && similarity < last) break;
      for (const alias of list(this.parts.aliases, row)) found.push({ alias, similarity });
      last = similarity;
    }
    return found.sort((a, b) => b.similarity - a.similarity || a.alias - b.alias).slice(0, MOST_SIMILAR);
  }

  /** The keys that are like another, most similar first. */
  private similarKeys(key: string): { row: number; similarity: number }[] {
    const { keys } = this.parts;
    const least = leastSimilarity(key.length);
    const similarities = new Map<number, number>();
    const near = this.trigrams.search(key, Math.min(least, oneTypoApart(key.length)));
    for (const { key: row, similarity } of near) {
      const other = keys.at(row);
      const isTypo = isOneTypo(key, other);
      if ((!isTypo && similarity < least) || !isLong(other)) continue;
      similarities.set(row, isTypo ? likenessOfTypo(key, other) : similarity);
    }
    if (key.length <= LONGEST_SWAPPED) {
      for (const swapped of swaps(key)) {
        const row = swapped === key ? -1 : keys.get(swapped);
        if (row >= 0) similarities.set(row, likenessOfTypo(key, swapped));
      }
    }
    return Array.from(similarities, ([row, similarity]) => ({ row, similarity })).sort(
      (a, b) => b.similarity - a.similarity,
    );
  }

  /** Keys that begin with what is typed, by how much each is wanted; `aliasesOfKey` gives their aliases. */
  prefixes(weightOf: (aliases: Int32Array) => number): PrefixIndex {
    const { keys } = this.parts;
    const weights = new Float32Array(keys.size);
    for (let key = 0; key < keys.size; key++) weights[key] = weightOf(this.aliasesOfKey(key));
    return PrefixIndex.build(keys, weights);
  }

  /** Aliases of one fold, ascending. */
  aliasesOfKey(key: number): Int32Array {
    return list(this.parts.aliases, key);
  }
}

const NONE = new Int32Array(0);

const LETTER = /[\p{L}\p{M}\p{N}]/gu;

function isLong(key: string): boolean {
  return key.length >= SHORTEST_TRIGRAM && (key.match(LETTER)?.length ?? 0) >= SHORTEST_TRIGRAM;
}

/**
 * How similar an alias must be to a folded mention of `length` UTF-16 units, unless it is one typo apart. A wrong letter
 * costs a name of 8 letters 6 of 11 trigrams, and a shorter one so many that it resembles quite other names as much.
 */
function leastSimilarity(length: number): number {
  return length < 8 ? 0.55 : 0.45;
}

/**
 * How similar the trigrams of two strings are at least, where one letter of `length` is wrong, missing or needless and
 * no trigram is there twice. Two swapped letters leave less.
 */
function oneTypoApart(length: number): number {
  return (length - 3) / (length + 3);
}

function likenessOfTypo(a: string, b: string): number {
  return 1 - 1 / Math.max(a.length, b.length);
}
