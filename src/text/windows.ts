import type { Doc, Sentence } from "./doc.js";

/**
 * The character range of the sentences of a span and `nSents` more on either side, clipped to the document.
 * A span may cross sentences. The range always holds the whole span, also where given sentences leave gaps:
 * what lies between two sentences counts as the one before it. A text without sentences is one window.
 */
export function sentenceWindow(doc: Doc, start: number, end: number, nSents: number): Sentence {
  const { sents } = doc;
  const first = sents[Math.max(0, sentenceAt(sents, start) - nSents)];
  const last = sents[Math.min(sents.length - 1, sentenceAt(sents, Math.max(start, end - 1)) + nSents)];
  if (first === undefined || last === undefined) return { start: 0, end: doc.text.length };
  return { start: Math.min(start, first.start), end: Math.max(end, last.end) };
}

/** The sentence number of each token. // [tokens] */
export function tokenSentences(doc: Doc): Int32Array {
  const { starts, length } = doc.tokens;
  const { sents } = doc;
  const numbers = new Int32Array(length);
  let number = 0;
  let next = startOf(sents, 1);
  for (let token = 0; token < length; token++) {
    while (next <= (starts[token] as number)) next = startOf(sents, ++number + 1);
    numbers[token] = number;
  }
  return numbers;
}

function startOf(sents: readonly Sentence[], number: number): number {
  return number < sents.length ? (sents[number] as Sentence).start : Number.POSITIVE_INFINITY;
}

/** Number of the last sentence that begins at `offset` or before it; 0 before the first. */
function sentenceAt(sents: readonly Sentence[], offset: number): number {
  let low = 0;
  let high = sents.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((sents[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low;
}
