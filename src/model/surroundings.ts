import { type DocumentView, tokenAt } from "./document-view.js";
import type { Mention } from "./mention.js";

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
  /** Different content words, places in the vocabulary. [W] */
  readonly words: readonly number[];
  /** idf x (1 + log count) of each, scaled to length 1. [W] */
  readonly weights: readonly number[];
}

export function surroundingsOf(view: DocumentView, { span }: Mention): Surroundings {
  const first = tokenAt(view.starts, span.start);
  const past = tokenAt(view.starts, span.end);
  const sentence = view.sentences[Math.min(first, view.words.length - 1)];
  const neighbours = Int32Array.of(first - 2, first - 1, past, past + 1).map((token) => {
    const word = view.words[token];
    if (word === undefined || view.sentences[token] !== sentence) return EDGE;
    return word < 0 ? UNKNOWN_NEIGHBOUR : FIRST_WORD + word;
  });
  return { neighbours, ...contentWords(view, first, past) };
}

/** Of the tokens around the mention, which itself is left out. */
function contentWords(view: DocumentView, first: number, past: number): Omit<Surroundings, "neighbours"> {
  const words: number[] = [];
  const counts: number[] = [];
  const weights: number[] = [];
  const to = Math.min(view.words.length, past + REACH);
  for (let i = Math.max(0, first - REACH); i < to; i++) {
    const word = view.words[i] as number;
    const idf = view.idf[i] as number;
    if ((i >= first && i < past) || word < 0 || idf <= CONTENT_IDF) continue;
    const seen = words.indexOf(word); // there are few: faster than a map
    if (seen >= 0) counts[seen] = (counts[seen] as number) + 1;
    else {
      words.push(word);
      counts.push(1);
      weights.push(idf);
    }
  }
  let square = 0;
  for (let i = 0; i < words.length; i++) {
    const weight = (weights[i] as number) * (1 + Math.log(counts[i] as number));
    weights[i] = weight;
    square += weight * weight;
  }
  const length = Math.sqrt(square);
  for (let i = 0; i < words.length; i++) weights[i] = (weights[i] as number) / length;
  return { words, weights };
}
