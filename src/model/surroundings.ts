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
/** Which collocations a set of neighbours holds, by the set. */
export const COLLOCATIONS_AMONG: readonly (readonly number[])[] = Array.from(
  { length: 1 << NEIGHBOURS },
  (_, set) => [...COLLOCATIONS.keys()].filter((c) => (set & (COLLOCATIONS[c] as number)) === COLLOCATIONS[c]),
);
/** Content words that surroundings have at most. */
export const MOST_WORDS = 2 * REACH;

/** 1 + log(count), by count. */
const DAMPED = Float64Array.from({ length: MOST_WORDS + 1 }, (_, count) => 1 + Math.log(count));

/** What stands around a mention, as the memory keeps and compares it. */
export interface Surroundings {
  /** Codes of the neighbours. [NEIGHBOURS] */
  readonly neighbours: Int32Array;
  /** Different content words, places in the vocabulary. [W] */
  readonly words: readonly number[];
  /** idf x (1 + log count) of each, scaled to length 1. [W] */
  readonly weights: readonly number[];
}

/** Reads what stands around one mention after the other; what it read last is overwritten. */
export class SurroundingsReader {
  readonly neighbours = new Int32Array(NEIGHBOURS);
  /** Different content words around the mention. */
  count = 0;
  /** The first `count` count, here and in `weights`. */
  readonly words = new Int32Array(MOST_WORDS);
  readonly weights = new Float64Array(MOST_WORDS);
  private readonly counts = new Int32Array(MOST_WORDS);

  read(view: DocumentView, { span }: Mention): void {
    const first = tokenAt(view.starts, span.start);
    const past = tokenAt(view.starts, span.end);
    const sentence = view.sentences[Math.min(first, view.words.length - 1)];
    for (let place = 0; place < NEIGHBOURS; place++) {
      const token = place < NEIGHBOURS / 2 ? first - NEIGHBOURS / 2 + place : past + place - NEIGHBOURS / 2;
      const word = view.words[token];
      const isEdge = word === undefined || view.sentences[token] !== sentence;
      this.neighbours[place] = isEdge ? EDGE : word < 0 ? UNKNOWN_NEIGHBOUR : FIRST_WORD + word;
    }
    this.collectWords(view, first, past);
    this.weighWords();
  }

  /** Of the tokens around the mention, which itself is left out. */
  private collectWords(view: DocumentView, first: number, past: number): void {
    const { words, weights, counts } = this;
    let count = 0;
    const to = Math.min(view.words.length, past + REACH);
    for (let i = Math.max(0, first - REACH); i < to; i++) {
      const word = view.words[i] as number;
      const idf = view.idf[i] as number;
      if ((i >= first && i < past) || word < 0 || idf <= CONTENT_IDF) continue;
      let place = 0; // there are few: faster than a map
      while (place < count && words[place] !== word) place++;
      if (place < count) counts[place] = (counts[place] as number) + 1;
      else {
        words[count] = word;
        weights[count] = idf;
        counts[count++] = 1;
      }
    }
    this.count = count;
  }

  private weighWords(): void {
    const { weights, counts, count } = this;
    let square = 0;
    for (let i = 0; i < count; i++) {
      const weight = (weights[i] as number) * (DAMPED[counts[i] as number] as number);
      weights[i] = weight;
      square += weight * weight;
    }
    const length = Math.sqrt(square);
    for (let i = 0; i < count; i++) weights[i] = (weights[i] as number) / length;
  }
}

export function surroundingsOf(
  view: DocumentView,
  mention: Mention,
  reader = new SurroundingsReader(),
): Surroundings {
  reader.read(view, mention);
  const { neighbours, words, weights, count } = reader;
  return {
    neighbours: neighbours.slice(),
    words: [...words.subarray(0, count)],
    weights: [...weights.subarray(0, count)],
  };
}
