import type { TermIndex } from "../kb/term-index.js";
import type { Doc } from "../text/doc.js";

/** Passages of this many tokens are what document frequencies count, so that long documents weigh as much as short ones. */
const PASSAGE_TOKENS = 100;

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

  /** The embedding row of a word. */
  row(word: string): number {
    const i = this.index.get(word);
    return i !== undefined && i < this.size ? 1 + i : 1 + this.size + (hashWord(word) % this.hashBuckets);
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
  const occurrences = new Map<string, number>();
  const passageCounts = new Map<string, number>();
  let passages = 0;
  for (const doc of docs) {
    const norms = doc.tokens.norms;
    for (let from = 0; from < norms.length; from += PASSAGE_TOKENS, passages++) {
      const passage = norms.slice(from, from + PASSAGE_TOKENS);
      for (const word of passage) increment(occurrences, word);
      for (const word of new Set(passage)) increment(passageCounts, word);
    }
  }
  if (known) {
    const { vocabulary, share } = known;
    passages += Math.round(share * vocabulary.passages);
    vocabulary.words.forEach((word, i) => {
      const count = Math.round(share * (vocabulary.passageCounts[i] as number));
      if (count === 0) return;
      increment(occurrences, word, count);
      increment(passageCounts, word, count);
    });
  }
  for (let term = 0; term < terms.terms.size; term++) {
    increment(occurrences, terms.terms.at(term), terms.documentFrequency[term]);
  }
  const byCount = [...occurrences]
    .filter(([, n]) => n >= 2)
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const embedded = byCount.slice(0, vocabularySize).map(([word]) => word);
  const isEmbedded = new Set(embedded);
  const counted = [...passageCounts]
    .filter(([word, n]) => n >= 2 && !isEmbedded.has(word))
    .map(([word]) => word);
  const words = [...embedded, ...counted.sort()];
  const counts = Int32Array.from(words, (word) => passageCounts.get(word) ?? 0);
  return new Vocabulary(words, counts, passages, embedded.length, hashBuckets);
}

function increment(counts: Map<string, number>, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** FNV-1a over UTF-16 code units. */
function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
