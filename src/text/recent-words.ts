/** Slices of more letters V8 makes as views of their text. */
const MOST_COPIED = 12;
/** Longer words are not remembered: so many of them would be gigabytes, and they hardly come back. */
const LONGEST = 64;

/**
 * What is made of words, remembered for those that were met lately. Two halves are kept: each word that is asked for goes
 * into the recent one, and when that is full it becomes the older one, whose words are forgotten unless they are asked for
 * again. So memory neither grows nor falls back to nothing.
 */
export class RecentWords<V> {
  private recent = new Map<string, V>();
  private older = new Map<string, V>();

  /**
   * @param half words of a half
   * @param make gets a word that is remembered as a string of its own, which may be kept
   */
  constructor(
    private readonly half: number,
    private readonly make: (word: string) => V,
  ) {}

  get(word: string): V {
    if (word.length > LONGEST) return this.make(word);
    const known = this.recent.get(word);
    if (known !== undefined) return known;
    const own = ownString(word);
    const value = this.older.get(word) ?? this.make(own);
    if (this.recent.size >= this.half) {
      this.older = this.recent;
      this.recent = new Map();
    }
    this.recent.set(own, value);
    return value;
  }
}

/** The same letters; a view that is kept would keep its whole text in memory. */
function ownString(word: string): string {
  return word.length > MOST_COPIED ? ` ${word}`.slice(1) : word;
}
