import { type DocumentView, tokenAt } from "./document-view.js";
import type { Mention } from "./mention.js";
import type { Vocabulary } from "./vocabulary.js";

/** Tokens on each side whose content words are taken. */
const REACH = 20;
/** Words rarer than this (idf) are content. */
const CONTENT_IDF = 1;

/** Words that stand right beside a mention: two before, one before, one after, two after. */
export const NEIGHBOURS = 4;
/** A neighbour that training text never had says nothing; the sentence's edge is evidence like a word. */
export const UNKNOWN_NEIGHBOUR = 0;
const EDGE = 1;
const FIRST_WORD = 2;

/** Sets of neighbours (bit 0 the first) that are evidence together: each alone, and each two in a row. */
export const COLLOCATIONS: readonly number[] = [0b0001, 0b0010, 0b0100, 0b1000, 0b0011, 0b0110, 0b1100];
/** Content words that surroundings have at most. */
export const MOST_WORDS = 2 * REACH;

/** What stands around a mention, as the memory keeps and compares it. */
export interface Surroundings {
  /** Codes of the neighbours. [NEIGHBOURS] */
  readonly neighbours: Int32Array;
  /** Content words (places in the vocabulary) with idf x (1 + log count), scaled to length 1. */
  readonly words: ReadonlyMap<number, number>;
}

export function surroundingsOf(view: DocumentView, { span }: Mention, vocabulary: Vocabulary): Surroundings {
  const first = tokenAt(view.starts, span.start);
  const past = tokenAt(view.starts, span.end);
  const { norms } = view.doc.tokens;
  const sentence = view.sentences[Math.min(first, norms.length - 1)];
  const neighbours = Int32Array.of(first - 2, first - 1, past, past + 1).map((token) => {
    if (token < 0 || token >= norms.length || view.sentences[token] !== sentence) return EDGE;
    const word = vocabulary.index.get(norms[token] as string);
    return word === undefined ? UNKNOWN_NEIGHBOUR : FIRST_WORD + word;
  });
  return { neighbours, words: contentWords(view, { first, past }, vocabulary) };
}

function contentWords(
  view: DocumentView,
  { first, past }: { readonly first: number; readonly past: number },
  vocabulary: Vocabulary,
): Map<number, number> {
  const { norms } = view.doc.tokens;
  const counts = new Map<number, { n: number; idf: number }>();
  const to = Math.min(norms.length, past + REACH);
  for (let i = Math.max(0, first - REACH); i < to; i++) {
    const idf = view.idf[i] as number;
    if ((i >= first && i < past) || idf <= CONTENT_IDF) continue;
    const word = vocabulary.index.get(norms[i] as string);
    if (word === undefined) continue;
    const seen = counts.get(word);
    if (seen) seen.n++;
    else counts.set(word, { n: 1, idf });
  }
  const weights = new Map<number, number>();
  let square = 0;
  for (const [word, { n, idf }] of counts) {
    const weight = idf * (1 + Math.log(n));
    weights.set(word, weight);
    square += weight * weight;
  }
  for (const [word, weight] of weights) weights.set(word, weight / Math.sqrt(square));
  return weights;
}
