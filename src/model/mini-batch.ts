import type { MentionTable } from "./mention-table.js";

/** Some mentions of a table: their candidate rows, and each entity among them once. */
export interface MiniBatch {
  readonly table: MentionTable;
  /** Mentions of the table. [B] */
  readonly mentions: Int32Array;
  /** Where each mention's rows begin in `rows`, and the end of the last. [B + 1] */
  readonly starts: Int32Array;
  /** Candidate rows of the table. [R] */
  readonly rows: Int32Array;
  /** For each candidate row its mention's place in the batch. [R] */
  readonly rowMention: Int32Array;
  /** For each candidate row its entity's place in `entities`. [R] */
  readonly rowEntity: Int32Array;
  /** Different entities of the batch. [U] */
  readonly entities: Int32Array;
}

export function makeMiniBatch(table: MentionTable, mentions: Int32Array): MiniBatch {
  const starts = new Int32Array(mentions.length + 1);
  mentions.forEach((mention, place) => {
    const own = (table.rowStart[mention + 1] as number) - (table.rowStart[mention] as number);
    starts[place + 1] = (starts[place] as number) + own;
  });
  const count = starts[mentions.length] as number;
  const rows = new Int32Array(count);
  const rowMention = new Int32Array(count);
  const rowEntity = new Int32Array(count);
  const places = new Map<number, number>();
  let at = 0;
  mentions.forEach((mention, place) => {
    const end = table.rowStart[mention + 1] as number;
    for (let row = table.rowStart[mention] as number; row < end; row++, at++) {
      const entity = table.entities[row] as number;
      let slot = places.get(entity);
      if (slot === undefined) {
        slot = places.size;
        places.set(entity, slot);
      }
      rows[at] = row;
      rowMention[at] = place;
      rowEntity[at] = slot;
    }
  });
  return { table, mentions, starts, rows, rowMention, rowEntity, entities: Int32Array.from(places.keys()) };
}

/** Where each mention's logits begin, those of its candidates and then NIL's, and the end of the last. [B + 1] */
export function logitStarts({ starts }: Pick<MiniBatch, "starts">): Int32Array {
  return starts.map((start, place) => start + place);
}
