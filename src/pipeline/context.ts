import type { Doc } from "../text/doc.js";

/** The text of a span with so many words before and after it, from the first of them to the last. */
export function contextOf(doc: Doc, { start, end }: { start: number; end: number }, words: number): string {
  const { starts, ends, length } = doc.tokens;
  const first = firstAfter(ends, start); // first word that is not wholly before the span
  const last = firstAfter(starts, end - 1) - 1; // last word that begins within it or before
  const from = starts[Math.max(0, first - words)];
  const to = ends[Math.min(length, last + 1 + words) - 1];
  return doc.text.slice(Math.min(start, from ?? start), Math.max(end, to ?? end));
}

/** Place of the first of some rising numbers that is above `limit`. */
function firstAfter(numbers: Int32Array, limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
