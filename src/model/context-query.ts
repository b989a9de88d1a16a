import type { DocumentView } from "./document-view.js";
import type { Mention } from "./mention.js";
import {
  COLLOCATIONS,
  MOST_WORDS,
  NEIGHBOURS,
  SurroundingsReader,
  UNKNOWN_NEIGHBOUR,
} from "./surroundings.js";
import type { TrainMemory } from "./train-memory.js";
import type { Vocabulary } from "./vocabulary.js";

/** The surroundings of one mention, to compare remembered contexts with; one scratch, refilled for every mention. */
export class ContextQuery {
  /** Features of the query: the collocations, then its different words. */
  features = COLLOCATIONS.length;
  /** What the last comparison found: its first `sharedCount` places are features of the query that the context has too. */
  readonly shared: Uint16Array;
  sharedCount = 0;
  private readonly weights: Float32Array;
  /** Feature of each word of the vocabulary that the query has, 0 for all others. */
  private readonly featureOfWord: Uint16Array;
  private readonly around = new SurroundingsReader();

  constructor(vocabulary: Vocabulary) {
    this.weights = new Float32Array(vocabulary.words.length);
    this.featureOfWord = new Uint16Array(vocabulary.words.length);
    this.shared = new Uint16Array(COLLOCATIONS.length + MOST_WORDS);
  }

  fill(view: DocumentView, mention: Mention): void {
    const { around } = this;
    for (let i = 0; i < around.count; i++) {
      const word = around.words[i] as number;
      this.weights[word] = 0;
      this.featureOfWord[word] = 0;
    }
    around.read(view, mention);
    this.features = COLLOCATIONS.length + around.count;
    for (let i = 0; i < around.count; i++) {
      const word = around.words[i] as number;
      this.weights[word] = around.weights[i] as number;
      this.featureOfWord[word] = COLLOCATIONS.length + i;
    }
  }

  /** Cosine of the content words of query and context; {@link shared} tells the features that both have. */
  compare({ columns }: TrainMemory, context: number): number {
    const { wordStart, words, weights, neighbours } = columns;
    const { weights: own, featureOfWord, shared } = this;
    this.sharedCount = 0;
    this.compareNeighbours(neighbours, context * NEIGHBOURS);
    let count = this.sharedCount;
    let product = 0;
    const end = wordStart[context + 1] as number;
    for (let i = wordStart[context] as number; i < end; i++) {
      const word = words[i] as number;
      const weight = own[word] as number;
      if (weight === 0) continue;
      product += weight * (weights[i] as number);
      shared[count++] = featureOfWord[word] as number;
    }
    this.sharedCount = count;
    return product / 255;
  }

  private compareNeighbours(others: Int32Array, from: number): void {
    let same = 0;
    for (let place = 0; place < NEIGHBOURS; place++) {
      const code = this.around.neighbours[place] as number;
      if (code !== UNKNOWN_NEIGHBOUR && others[from + place] === code) same |= 1 << place;
    }
    if (same === 0) return;
    for (let f = 0; f < COLLOCATIONS.length; f++) {
      const places = COLLOCATIONS[f] as number;
      if ((same & places) === places) this.shared[this.sharedCount++] = f;
    }
  }
}
