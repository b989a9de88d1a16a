import { withCapacity } from "../kb/columns.js";
import type { Lexicon } from "./lexicon.js";

/** The most telling words of each entity's name and description, as embedding rows; picked when first asked for. */
export class DescriptionRows {
  /** Where each entity's list begins in `lists`; 0 before it is picked. // [entities] */
  private readonly starts: Int32Array;
  /** How many rows, then the rows, of one entity after the other; nothing begins at 0. */
  private lists: Int32Array = new Int32Array(1);
  private end = 1;

  constructor(
    private readonly lexicon: Lexicon,
    entities: number,
    /** Words kept of a description. */
    private readonly width: number,
  ) {
    this.starts = new Int32Array(entities);
  }

  /** Embedding rows of an entity, a view that stays valid. */
  of(entity: number): Int32Array {
    const start = (this.starts[entity] as number) || this.pick(entity);
    return this.lists.subarray(start + 1, start + 1 + (this.lists[start] as number));
  }

  /** Appends an entity's list, whose start it returns. What was read of a shorter array stays as it is. */
  private pick(entity: number): number {
    const kept = this.mostTelling(entity);
    const start = this.end;
    this.end = start + 1 + kept.length;
    this.lists = withCapacity(this.lists, this.end);
    this.lists[start] = kept.length;
    for (let i = 0; i < kept.length; i++)
      this.lists[start + 1 + i] = this.lexicon.termRow[kept[i] as number] as number;
    this.starts[entity] = start;
    return start;
  }

  /** Terms. */
  private mostTelling(entity: number): Int32Array {
    const { termIdf, terms } = this.lexicon;
    const own = terms.entityTerms.slice(terms.offsets[entity] as number, terms.offsets[entity + 1] as number);
    if (own.length <= this.width) return own;
    // Equally rare words stay as they stand in the description: the sort is stable.
    return own.sort((a, b) => (termIdf[b] as number) - (termIdf[a] as number)).subarray(0, this.width);
  }
}
