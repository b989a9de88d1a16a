import type { TermIndex } from "../kb/term-index.js";
import type { Doc } from "../text/doc.js";

/** Passages of this many tokens are what document frequencies count, so that long documents weigh as much as short ones. */
const PASSAGE_TOKENS = 100;
/** Words that are there less often get no embedding of their own. */
const FEWEST_OCCURRENCES = 2;

/**
 * The words that the model knows: how common each is in training text, and which have an embedding of their own.
 * Row 0 of the embeddings is padding, 1..size are words, the rest are hash buckets.
 */
export class Vocabulary {
  /** Index of a word in `words`; the first `size` of them have an embedding. */
  readonly index: ReadonlyMap<string, number>;

  constructor(
    readonly words: readonly string[],
    /** Training passages that contain the word. */
    readonly passageCounts: Int32Array,
    readonly passages: number,
    /** Words with an embedding of their own. */
    readonly size: number,
    readonly hashBuckets: number,
  ) {
    this.index = new Map(words.map((word, i) => [word, i]));
  }

  /** Rows of the embedding table. */
  get rows(): number {
    return 1 + this.size + this.hashBuckets;
  }

  /** The embedding row of a word. @param place in `words`, -1 for a word that is not there */
  row(word: string, place = this.index.get(word) ?? -1): number {
    const isEmbedded = place >= 0 && place < this.size;
    return 1 + (isEmbedded ? place : this.size + (hashWord(word) % this.hashBuckets));
  }

  /** One word a line with its passage count; the first line holds the sizes. */
  toText(): string {
    const head = `${this.passages}\t${this.size}\t${this.hashBuckets}\n`;
    return head + this.words.map((word, i) => `${word}\t${this.passageCounts[i]}\n`).join("");
  }

  static fromText(text: string): Vocabulary {
    const [head = "", ...lines] = text.split("\n").filter((line) => line !== "");
    const [passages = 0, size = 0, buckets = 1] = head.split("\t").map(Number);
    const rows = lines.map((line) => line.split("\t"));
    const counts = Int32Array.from(rows, (row) => Number(row[1]));
    return new Vocabulary(
      rows.map((row) => row[0] as string),
      counts,
      passages,
      size,
      buckets,
    );
  }
}

export interface VocabularyOptions {
  /** Words with an embedding of their own. */
  readonly vocabularySize: number;
  readonly hashBuckets: number;
  /** Another model's words, whose counts count with this share. */
  readonly known?: { readonly vocabulary: Vocabulary; readonly share: number } | undefined;
}

/** Learns the vocabulary: the commonest words of training text and descriptions get an embedding. */
export function buildVocabulary(
  docs: readonly Doc[],
  terms: TermIndex,
  { vocabularySize, hashBuckets, known }: VocabularyOptions,
): Vocabulary {
  const counted = new WordCounts();
  for (const doc of docs) counted.addText(doc.tokens.norms);
  if (known) counted.addKnown(known.vocabulary, known.share);
  for (let term = 0; term < terms.terms.size; term++) {
    counted.addDescriptions(terms.terms.at(term), terms.documentFrequency[term] as number);
  }
  const embedded = counted.commonest(vocabularySize);
  const isEmbedded = new Set(embedded);
  const others = [...counted.words.values()].filter((count) => count.passages >= 2 && !isEmbedded.has(count));
  const kept = [...embedded, ...others.sort((a, b) => (a.word < b.word ? -1 : 1))];
  return new Vocabulary(
    kept.map(({ word }) => word),
    Int32Array.from(kept, ({ passages }) => passages),
    counted.passages,
    embedded.length,
    hashBuckets,
  );
}

interface WordCount {
  readonly word: string;
  occurrences: number;
  /** Passages that have the word, and the last of them. */
  passages: number;
  lastPassage: number;
}

/** How often words are there. */
class WordCounts {
  readonly words = new Map<string, WordCount>();
  passages = 0;

  of(word: string): WordCount {
    let count = this.words.get(word);
    if (!count) {
      count = { word, occurrences: 0, passages: 0, lastPassage: 0 };
      this.words.set(word, count);
    }
    return count;
  }

  addText(words: readonly string[]): void {
    for (let i = 0; i < words.length; i++) {
      if (i % PASSAGE_TOKENS === 0) this.passages++;
      const count = this.of(words[i] as string);
      count.occurrences++;
      if (count.lastPassage === this.passages) continue;
      count.lastPassage = this.passages;
      count.passages++;
    }
  }

  /** A word that is nowhere else and in one description alone is not kept, as most are. */
  addDescriptions(word: string, descriptions: number): void {
    const count = descriptions < FEWEST_OCCURRENCES ? this.words.get(word) : this.of(word);
    if (count) count.occurrences += descriptions;
  }

  addKnown({ words, passageCounts, passages }: Vocabulary, share: number): void {
    this.passages += Math.round(share * passages);
    words.forEach((word, i) => {
      const added = Math.round(share * (passageCounts[i] as number));
      if (added === 0) return;
      const count = this.of(word);
      count.occurrences += added;
      count.passages += added;
    });
  }

  /** The words that are there most often, of those that are there often enough; ties by the alphabet. */
  commonest(most: number): WordCount[] {
    const repeated = [...this.words.values()].filter(({ occurrences }) => occurrences >= FEWEST_OCCURRENCES);
    const numbers = Int32Array.from(repeated, ({ occurrences }) => occurrences).sort();
    const least = numbers[numbers.length - most] ?? 0;
    return repeated
      .filter(({ occurrences }) => occurrences >= least) // a sort of all of them would take longer
      .sort((a, b) => b.occurrences - a.occurrences || (a.word < b.word ? -1 : 1))
      .slice(0, most);
  }
}

/** FNV-1a over UTF-16 code units. */
function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
