/** Slices of more letters V8 makes as views of their text. */
const MOST_COPIED = 12;

/**
 * What is made of words, remembered for those that were met lately: of twice so many words at most, and where as many
 * new ones have come, what none of them asked for is forgotten. So memory neither grows nor falls back to nothing.
 */
export class RecentWords<V> {
  private recent = new Map<string, V>();
  private older = new Map<string, V>();

  /**
   * @param half words after which the older half is forgotten
   * @param make gets the word as a string of its own, which may be kept
   */
  constructor(
    private readonly half: number,
    private readonly make: (word: string) => V,
  ) {}

  get(word: string): V {
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
