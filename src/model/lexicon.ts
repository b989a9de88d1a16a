import type { TermIndex } from "../kb/term-index.js";
import { RecentWords } from "../text/recent-words.js";
import type { Vocabulary } from "./vocabulary.js";

const LOWEST_IDF = 0.05;
const HIGHEST_IDF = 7;

/** What the model knows of a word. */
export interface WordEntry {
  /** Term of the knowledge base's descriptions, -1 when none has the word. */
  readonly term: number;
  /** Place in the vocabulary, -1 for a word that it lacks. */
  readonly word: number;
  /** Embedding row. */
  readonly row: number;
  /** Inverse document frequency, natural logarithm: the lower of that in training text and in descriptions. */
  readonly idf: number;
}

/** What idf is counted on: descriptions of so many entities. */
export interface Descriptions {
  readonly terms: TermIndex;
  readonly entities: number;
}

/** A vocabulary bound to a knowledge base: words of texts and terms of descriptions on one scale. */
export class Lexicon {
  /** idf of each term of the knowledge base. */
  readonly termIdf: Float32Array;
  /** Embedding row of each term of the knowledge base. */
  readonly termRow: Int32Array;
  private readonly recent = new RecentWords(1 << 14, (word) => this.entry(word, this.terms.terms.get(word)));

  constructor(
    readonly vocabulary: Vocabulary,
    readonly terms: TermIndex,
    entities: number,
    /** Where a few entities of many are at hand, the many. @default the entities at hand */
    private readonly counted: Descriptions = { terms, entities },
  ) {
    const size = terms.terms.size;
    this.termIdf = new Float32Array(size);
    this.termRow = new Int32Array(size);
    for (let term = 0; term < size; term++) {
      const { idf, row } = this.entry(terms.terms.at(term), term);
      this.termIdf[term] = idf;
      this.termRow[term] = row;
    }
  }

  /** Looks up a normalised word. */
  get(word: string): WordEntry {
    return this.recent.get(word);
  }

  private entry(word: string, term: number): WordEntry {
    const { vocabulary } = this;
    const place = vocabulary.index.get(word) ?? -1;
    return { term, word: place, row: vocabulary.row(word, place), idf: this.idf(word, { term, place }) };
  }

  private idf(word: string, { term, place }: { readonly term: number; readonly place: number }): number {
    const { vocabulary } = this;
    const { terms, entities } = this.counted;
    const counted = terms === this.terms ? term : terms.terms.get(word);
    const inText = Math.log(
      (vocabulary.passages + 1) / (1 + (place < 0 ? 0 : (vocabulary.passageCounts[place] as number))),
    );
    const inKb = Math.log(
      (entities + 1) / (1 + (counted < 0 ? 0 : (terms.documentFrequency[counted] as number))),
    );
    return Math.max(LOWEST_IDF, Math.min(inText, inKb, HIGHEST_IDF));
  }
}
