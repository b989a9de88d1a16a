import type { DocumentView } from "./document-view.js";
import type { Mention } from "./mention.js";
import {
  COLLOCATIONS,
  COLLOCATIONS_AMONG,
  MOST_WORDS,
  NEIGHBOURS,
  SurroundingsReader,
  UNKNOWN_NEIGHBOUR,
} from "./surroundings.js";
import type { MemoryColumns } from "./train-memory.js";
import type { Vocabulary } from "./vocabulary.js";

/** The surroundings of one mention, to compare remembered contexts with; one scratch, refilled for every mention. */
export class ContextQuery {
  /** Features of the query: the collocations, then its different words. */
  features = COLLOCATIONS.length;
  /** What the last comparison found: cosine of the content words of query and context, */
  cosine = 0;
  /** the places of neighbours that are the same in both, as a set, */
  neighbours = 0;
  /** and, as the first `sharedCount`, the features that both have. */
  readonly shared = new Uint8Array(COLLOCATIONS.length + MOST_WORDS);
  sharedCount = 0;
  /** Feature of each word of the vocabulary that the query has, 0 for all others. */
  private readonly featureOfWord: Uint8Array;
  /** Weight of each feature that is a word. */
  private readonly weights = new Float32Array(COLLOCATIONS.length + MOST_WORDS);
  private readonly around = new SurroundingsReader();

  constructor(
    vocabulary: Vocabulary,
    private readonly columns: MemoryColumns,
  ) {
    this.featureOfWord = new Uint8Array(vocabulary.words.length);
  }

  fill(view: DocumentView, mention: Mention): void {
    const { around, featureOfWord, weights } = this;
    for (let i = 0; i < around.count; i++) featureOfWord[around.words[i] as number] = 0;
    around.read(view, mention);
    this.features = COLLOCATIONS.length + around.count;
    for (let i = 0; i < around.count; i++) {
      featureOfWord[around.words[i] as number] = COLLOCATIONS.length + i;
      weights[COLLOCATIONS.length + i] = around.weights[i] as number;
    }
  }

  compare(context: number): void {
    const { wordStart, words, weights } = this.columns;
    const { weights: own, featureOfWord, shared } = this;
    this.neighbours = this.sameNeighbours(context);
    let count = 0;
    for (const collocation of COLLOCATIONS_AMONG[this.neighbours] as readonly number[])
      shared[count++] = collocation;
    let product = 0;
    const end = wordStart[context + 1] as number;
    for (let i = wordStart[context] as number; i < end; i++) {
      const feature = featureOfWord[words[i] as number] as number;
      if (feature === 0) continue;
      product += (own[feature] as number) * (weights[i] as number);
      shared[count++] = feature;
    }
    this.sharedCount = count;
    this.cosine = product / 255;
  }

  private sameNeighbours(context: number): number {
    const { neighbours } = this.columns;
    const own = this.around.neighbours;
    let same = 0;
    for (let place = 0; place < NEIGHBOURS; place++) {
      const code = own[place] as number;
      if (code === neighbours[context * NEIGHBOURS + place] && code !== UNKNOWN_NEIGHBOUR) same |= 1 << place;
    }
    return same;
  }
}
