import type { Staging } from "./staging.js";

/** Occurrences of a word whose gradients one workgroup sums. */
const CHUNK = 64;

/**
 * The places of each embedding row in a batch: gradients of rows are gathered by it, as a GPU can't add numbers to the same
 * place at once.
 */
export class Occurrences {
  private readonly counts: Int32Array;
  private readonly next: Int32Array;

  /** @param rows of the embeddings */
  constructor(rows: number) {
    this.counts = new Int32Array(rows);
    this.next = new Int32Array(rows);
  }

  /**
   * Writes which rows a batch touches, in which chunks their occurrences lie, and where those are.
   * @param words embedding rows, 0 for none
   */
  write(
    words: Int32Array,
    ints: Staging<Int32Array<ArrayBuffer>>,
  ): { readonly touched: number; readonly chunks: number } {
    const touched = this.count(words);
    const chunks = this.writeChunks(touched, ints);
    const occurrences = ints.take("occurrences", this.total(touched));
    for (let i = 0; i < words.length; i++) {
      const row = words[i] as number;
      if (row === 0) continue;
      occurrences[this.next[row] as number] = i;
      this.next[row] = (this.next[row] as number) + 1;
    }
    for (const row of touched) this.counts[row] = 0;
    return { touched: touched.length, chunks };
  }

  private count(words: Int32Array): number[] {
    const touched: number[] = [];
    for (let i = 0; i < words.length; i++) {
      const row = words[i] as number;
      if (row === 0) continue;
      if (this.counts[row] === 0) touched.push(row);
      this.counts[row] = (this.counts[row] as number) + 1;
    }
    return touched;
  }

  private total(touched: readonly number[]): number {
    return touched.reduce((sum, row) => sum + (this.counts[row] as number), 0);
  }

  /** Notes in `next` where each row's occurrences begin. Returns how many chunks there are. */
  private writeChunks(touched: readonly number[], ints: Staging<Int32Array<ArrayBuffer>>): number {
    const rowChunks: number[] = [];
    const starts: number[] = [];
    let at = 0;
    for (const row of touched) {
      const end = at + (this.counts[row] as number);
      this.next[row] = at;
      rowChunks.push(starts.length);
      for (let start = at; start < end; start += CHUNK) starts.push(start);
      at = end;
    }
    ints.put("touched_rows", touched);
    ints.put("row_chunks", [...rowChunks, starts.length]);
    ints.put("chunk_starts", [...starts, at]);
    return starts.length;
  }
}
