import type { VectorMemory } from "../../tensor/vectors/vector-memory.js";

/** The words of some means, each with its weight there; list i has places i x longest and on, of all arrays here. */
export class WordLists {
  /** Embedding rows. */
  rows: Int32Array;
  weights: Float32Array;
  /** How many words each list has. */
  counts = new Int32Array(0);

  constructor(
    private readonly memory: VectorMemory,
    /** Words of a list, at most. */
    readonly longest: number,
  ) {
    this.rows = memory.ints(0);
    this.weights = memory.floats(0);
  }

  /** Makes room for so many lists; those that were there are lost where there was less. */
  reserve(lists: number): void {
    if (lists <= this.counts.length) return;
    const room = Math.max(lists, 2 * this.counts.length); // a place that is too short is seldom used again
    this.counts = new Int32Array(room);
    this.rows = this.memory.ints(room * this.longest);
    this.weights = this.memory.floats(room * this.longest);
  }

  /** Place of a list's first word. */
  start(list: number): number {
    return list * this.longest;
  }

  /** Returns the place of the word. */
  push(list: number, row: number, weight: number): number {
    const count = this.counts[list] as number;
    const at = this.start(list) + count;
    this.counts[list] = count + 1;
    this.rows[at] = row;
    this.weights[at] = weight;
    return at;
  }

  clear(list: number): void {
    this.counts[list] = 0;
  }

  /** List `to` becomes as list `from`. */
  copy(from: number, to: number): void {
    const start = this.start(from);
    const count = this.counts[from] as number;
    this.counts[to] = count;
    this.rows.copyWithin(this.start(to), start, start + count);
    this.weights.copyWithin(this.start(to), start, start + count);
  }
}
