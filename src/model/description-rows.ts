import type { Lexicon } from "./lexicon.js";

const UNSET = 255;

/** The most telling words of each entity's name and description, as embedding rows; picked when first asked for. */
export class DescriptionRows {
  private readonly counts: Uint8Array;
  private readonly rows: Int32Array;

  constructor(
    private readonly lexicon: Lexicon,
    entities: number,
    /** Words kept of a description, at most 254. */
    private readonly width: number,
  ) {
    this.counts = new Uint8Array(entities).fill(UNSET);
    this.rows = new Int32Array(entities * width);
  }

  /** Embedding rows of an entity, a view that stays valid. */
  of(entity: number): Int32Array {
    if (this.counts[entity] === UNSET) this.pick(entity);
    const from = entity * this.width;
    return this.rows.subarray(from, from + (this.counts[entity] as number));
  }

  private pick(entity: number): void {
    const { termIdf, termRow, terms } = this.lexicon;
    const own = terms.entityTerms.slice(terms.offsets[entity] as number, terms.offsets[entity + 1] as number);
    // Equally rare words stay as they stand in the description: the sort is stable.
    const byIdf = (a: number, b: number): number => (termIdf[b] as number) - (termIdf[a] as number);
    const kept = own.length <= this.width ? own : own.sort(byIdf).subarray(0, this.width);
    const from = entity * this.width;
    for (let i = 0; i < kept.length; i++) this.rows[from + i] = termRow[kept[i] as number] as number;
    this.counts[entity] = kept.length;
  }
}
