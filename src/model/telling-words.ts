import type { DocumentView } from "./document-view.js";
import type { Vocabulary } from "./vocabulary.js";

/** Finds a document's most telling words: idf x log of 1 + count; one scratch for all documents. */
export class TellingWords {
  /** 1 + place of each word of the vocabulary among the document's different words; 0 for others, and between documents. */
  private readonly placeOfWord: Int32Array;

  constructor(vocabulary: Vocabulary) {
    this.placeOfWord = new Int32Array(vocabulary.words.length);
  }

  /** Embedding rows of the `most` most telling words, best first, ties by the text. */
  rows(view: DocumentView, most: number): number[] {
    const { firsts, counts } = this.count(view);
    const scores = firsts.map(
      (token, place) => (view.idf[token] as number) * Math.log1p(counts[place] as number),
    );
    const best: number[] = []; // places
    for (let place = 0; place < scores.length; place++) {
      const score = scores[place] as number;
      let rank = best.length;
      while (rank > 0 && (scores[best[rank - 1] as number] as number) < score) rank--;
      if (rank === most) continue;
      for (let i = Math.min(best.length, most - 1); i > rank; i--) best[i] = best[i - 1] as number;
      best[rank] = place;
    }
    return best.map((place) => view.rows[firsts[place] as number] as number);
  }

  /** The first token of each different word, and how often it is there. */
  private count({ words, doc }: DocumentView): { readonly firsts: number[]; readonly counts: number[] } {
    const { placeOfWord } = this;
    const { norms } = doc.tokens;
    const firsts: number[] = [];
    const counts: number[] = [];
    const unknown = new Map<string, number>();
    for (let token = 0; token < words.length; token++) {
      const word = words[token] as number;
      const norm = norms[token] as string;
      const known = word < 0 ? (unknown.get(norm) ?? 0) : (placeOfWord[word] as number);
      if (known > 0) {
        counts[known - 1] = (counts[known - 1] as number) + 1;
        continue;
      }
      firsts.push(token);
      counts.push(1);
      if (word < 0) unknown.set(norm, firsts.length);
      else placeOfWord[word] = firsts.length;
    }
    for (const token of firsts) {
      const word = words[token] as number;
      if (word >= 0) placeOfWord[word] = 0;
    }
    return { firsts, counts };
  }
}
