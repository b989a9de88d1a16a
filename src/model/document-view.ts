import type { Doc } from "../text/doc.js";
import { tokenSentences } from "../text/windows.js";
import type { Lexicon } from "./lexicon.js";

/** A document as the model reads it: parallel columns, one entry a token. */
export interface DocumentView {
  readonly doc: Doc;
  /** UTF-16 offsets of the tokens' starts and ends. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Terms of the knowledge base, -1 for words that no description has. */
  readonly terms: Int32Array;
  /** Places in the vocabulary, -1 for words that it lacks. */
  readonly words: Int32Array;
  /** Embedding rows. */
  readonly rows: Int32Array;
  readonly idf: Float32Array;
  /** Number of each token's sentence. */
  readonly sentences: Int32Array;
  /** Whether a lower-cased string stands in the text, whatever the text's case. */
  readonly contains: (lower: string) => boolean;
}

export function viewDocument(doc: Doc, lexicon: Lexicon): DocumentView {
  const { starts, ends, norms, length } = doc.tokens;
  const terms = new Int32Array(length);
  const words = new Int32Array(length);
  const rows = new Int32Array(length);
  const idf = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const entry = lexicon.get(norms[i] as string);
    terms[i] = entry.term;
    words[i] = entry.word;
    rows[i] = entry.row;
    idf[i] = entry.idf;
  }
  const sentences = tokenSentences(doc);
  return { doc, starts, ends, terms, words, rows, idf, sentences, contains: containsIn(doc.text) };
}

/** Remembers its answers: the same names come back for every mention of a document. */
function containsIn(text: string): (lower: string) => boolean {
  const known = new Map<string, boolean>();
  let lowerText: string | undefined;
  return (lower) => {
    let answer = known.get(lower);
    if (answer === undefined) {
      lowerText ??= text.toLowerCase();
      answer = lowerText.includes(lower);
      known.set(lower, answer);
    }
    return answer;
  };
}

/** The first token that starts at or after an offset. */
export function tokenAt(starts: Int32Array, offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
