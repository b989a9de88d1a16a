/** How often something was seen, and how often it was a mention then. */
type Counts = readonly [seen: number, right: number];

export interface StoredRates {
  readonly rate: number;
  readonly counts: readonly (readonly [key: string, seen: number, right: number])[];
}

/** How often hits of one kind were mentions, by a key: their text, the word before them. */
export class RateTable {
  private readonly rate: number;

  /** @param rate what rates are drawn towards; without it that of all keys together */
  constructor(
    private readonly counts: ReadonlyMap<string, Counts>,
    rate?: number,
  ) {
    this.rate = rate ?? this.overallRate();
  }

  private overallRate(): number {
    let [seen, right] = [1, 0.5];
    for (const [n, r] of this.counts.values()) {
      seen += n;
      right += r;
    }
    return right / seen;
  }

  /** The rates of keys, each with whether it was a mention. */
  static of(examples: Iterable<readonly [key: string, isRight: boolean]>, rate?: number): RateTable {
    const counts = new Map<string, [seen: number, right: number]>();
    for (const [key, isRight] of examples) {
      const known = counts.get(key);
      if (known) {
        known[0]++;
        known[1] += Number(isRight);
      } else counts.set(key, [1, Number(isRight)]);
    }
    return new RateTable(counts, rate);
  }

  /**
   * Log-odds of a mention for a key, drawn towards the common rate as by `weight` examples.
   * @param own what of the counts is left out, as it comes from the very text that is asked about
   */
  logOdds(key: string, weight: number, own?: RateTable): number {
    const [seen, right] = this.without(key, own);
    return Math.log((right + weight * this.rate) / (seen - right + weight * (1 - this.rate)));
  }

  seen(key: string, own?: RateTable): number {
    return this.without(key, own)[0];
  }

  /** Without keys that were seen less often. */
  atLeast(seen: number): RateTable {
    const often = new Map([...this.counts].filter(([, [n]]) => n >= seen));
    return new RateTable(often, this.rate);
  }

  toJSON(): object {
    return { rate: this.rate, counts: Array.from(this.counts, ([key, counts]) => [key, ...counts]) };
  }

  /** What `toJSON` gave. */
  static fromJSON({ rate, counts }: StoredRates): RateTable {
    return new RateTable(new Map(counts.map(([key, seen, right]) => [key, [seen, right]])), rate);
  }

  private without(key: string, own?: RateTable): Counts {
    const [seen, right] = this.counts.get(key) ?? [0, 0];
    const [ownSeen, ownRight] = own?.counts.get(key) ?? [0, 0];
    return [Math.max(0, seen - ownSeen), Math.max(0, right - ownRight)];
  }
}
