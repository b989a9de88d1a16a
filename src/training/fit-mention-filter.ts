import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { findNames } from "../mentions/gazetteer.js";
import {
  type DocHits,
  docHits,
  HIT_FEATURES,
  type HitStatistics,
  hitFeatures,
  RATE_KEYS,
  type RateKey,
  type Rates,
} from "../mentions/hit-features.js";
import { KnownNames } from "../mentions/known-names.js";
import { fitLogistic } from "../mentions/logistic-regression.js";
import { MentionFilter } from "../mentions/mention-filter.js";
import { NameIndex, NO_WORD, NOTHING, withWord } from "../mentions/name-index.js";
import type { MentionOptions } from "../mentions/options.js";
import { RateTable } from "../mentions/rate-table.js";
import type { Doc } from "../text/doc.js";

/** A document with the names that the gazetteer finds in it, and which of them are annotated. */
interface Example extends DocHits {
  /** // [hits] */
  readonly isMention: readonly boolean[];
}

/** Names that are annotated, and names that are not; of fewer there is nothing to learn. */
const FEWEST_EXAMPLES = 30;
/** Neighbours and words that were seen less often tell nothing. */
const FEWEST_NEIGHBOURS = 3;
const FEWEST_WORDS = 2;
/** A word that was not seen is rather a name than a common word. */
const UNKNOWN_IN_LOWER_CASE = 0.2;

/**
 * Learns from annotated texts which names of a knowledge base are worth linking. A name is one where its very characters
 * are annotated, with whatever id, "NIL" too; a name without annotation counts as not worth it, so that texts should be
 * annotated in full. Documents without any mention are left out: nothing tells whether somebody looked at them.
 * @returns undefined where train has fewer than 30 names of either kind, or dev none
 */
export function fitMentionFilter(
  {
    kb,
    train,
    dev,
  }: { readonly kb: InMemoryLookupKB; readonly train: readonly Doc[]; readonly dev: readonly Doc[] },
  options: Pick<MentionOptions, "paths">,
): MentionFilter | undefined {
  const names = new KnownNames(kb);
  const findIn = (docs: readonly Doc[]): Example[] =>
    examplesOf(docs, (doc) => docHits(doc, findNames(doc, kb, options), names));
  const examples = findIn(train);
  const isMention = examples.flatMap((example) => example.isMention);
  const annotatedHits = isMention.filter(Boolean).length;
  if (Math.min(annotatedHits, isMention.length - annotatedHits) < FEWEST_EXAMPLES) return undefined;
  const all = ratesOf(examples);
  const words = wordsOf(train, kb);
  const width = HIT_FEATURES.length;
  const values = new Float64Array(isMention.length * width);
  let at = 0;
  for (const example of examples) {
    const own = ratesOf([example]);
    values.set(hitFeatures(example, { names, statistics: { rates: all, words }, own }), at);
    at += example.hits.length * width;
  }
  const weights = fitLogistic({ values, labels: Uint8Array.from(isMention, Number), width });
  const statistics: HitStatistics = { rates: seenOften(all), words };
  const filter = new MentionFilter({ statistics, weights, threshold: 0 });
  const judged = findIn(dev);
  const scored = judged.flatMap(({ doc, hits, isMention: gold }) =>
    filter.score(doc, hits, kb).map((score, h) => ({ score, isMention: gold[h] as boolean })),
  );
  if (scored.length === 0) return undefined;
  const annotated = judged.reduce((sum, { doc }) => sum + doc.ents.length, 0);
  return new MentionFilter({ statistics, weights, threshold: bestThreshold(scored, annotated) });
}

function examplesOf(docs: readonly Doc[], find: (doc: Doc) => DocHits): Example[] {
  return docs
    .filter(({ ents }) => ents.length > 0)
    .map((doc) => {
      const annotated = new Set(doc.ents.map(({ start, end }) => `${start}-${end}`));
      const found = find(doc);
      const isMention = found.hits.map(({ start, end }) => annotated.has(`${start}-${end}`));
      return { ...found, isMention };
    });
}

function ratesOf(examples: readonly Example[]): Rates {
  const tables = RATE_KEYS.map((key) => [key, RateTable.of(countedBy(key, examples))]);
  return Object.fromEntries(tables) as Rates;
}

function* countedBy(key: RateKey, examples: readonly Example[]): Generator<readonly [string, boolean]> {
  for (const { keys, isMention } of examples) {
    for (let h = 0; h < keys.length; h++)
      yield [(keys[h] as Example["keys"][number])[key], isMention[h] as boolean];
  }
}

function seenOften({ surface, before, after, label }: Rates): Rates {
  return {
    surface,
    label,
    before: before.atLeast(FEWEST_NEIGHBOURS),
    after: after.atLeast(FEWEST_NEIGHBOURS),
  };
}

/** How often words that names begin with are in lower case. */
function wordsOf(docs: readonly Doc[], kb: InMemoryLookupKB): RateTable {
  const index = NameIndex.of(kb);
  const isNamed = (word: string): boolean => index.find(withWord(NO_WORD, word, 0, word.length)) !== NOTHING;
  return RateTable.of(lowerCased(docs, isNamed), UNKNOWN_IN_LOWER_CASE).atLeast(FEWEST_WORDS);
}

/** Words in lower case, and whether they were so, one after the other: a large corpus has millions. */
function* lowerCased(
  docs: readonly Doc[],
  isWanted: (lower: string) => boolean,
): Generator<readonly [lower: string, wasLower: boolean]> {
  for (const { text, tokens } of docs) {
    for (let word = 0; word < tokens.length; word++) {
      const surface = text.slice(tokens.starts[word], tokens.ends[word]);
      const lower = surface.toLowerCase();
      if (isWanted(lower)) yield [lower, lower === surface];
    }
  }
}

/** The score from which on hits make the best F with what is annotated. */
function bestThreshold(
  scored: readonly { readonly score: number; readonly isMention: boolean }[],
  annotated: number,
): number {
  const ranked = [...scored].sort((a, b) => b.score - a.score);
  let [best, threshold, right] = [-1, Number.NEGATIVE_INFINITY, 0];
  ranked.forEach(({ score, isMention }, i) => {
    right += Number(isMention);
    if (score === ranked[i + 1]?.score) return;
    const f = (2 * right) / (i + 1 + annotated);
    if (f <= best) return;
    best = f;
    threshold = i + 1 < ranked.length ? (score + (ranked[i + 1]?.score as number)) / 2 : score - 1;
  });
  return threshold;
}
