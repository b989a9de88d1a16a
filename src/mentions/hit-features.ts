import type { Doc } from "../text/doc.js";
import type { Hit } from "./gazetteer.js";
import type { KnownNames } from "./known-names.js";
import type { RateTable } from "./rate-table.js";
import { SentenceShapes } from "./sentence-shapes.js";

/** What was counted of hits by a key each. */
export const RATE_KEYS = ["surface", "before", "after", "label"] as const;
export type RateKey = (typeof RATE_KEYS)[number];
export type Rates = Readonly<Record<RateKey, RateTable>>;

/** A document with the names that were found in it. */
export interface DocHits {
  readonly doc: Doc;
  readonly hits: readonly Hit[];
  /** What each hit is counted by. // [hits] */
  readonly keys: readonly Readonly<Record<RateKey, string>>[];
}

/** What training texts tell about hits. */
export interface HitStatistics {
  readonly rates: Rates;
  /** Words in lower case: how often they were seen at all, and how often they were in lower case. */
  readonly words: RateTable;
}

/** The numbers that tell whether a hit is worth linking, in their order. */
export const HIT_FEATURES = [
  "surface_rate",
  "surface_seen",
  "before_rate",
  "after_rate",
  "label_rate",
  "small_words",
  "rarest_word",
  "words",
  "letters",
  "is_small",
  "is_capitals",
  "expects_capital",
  "in_title",
  "in_capitals",
  "prior",
  "entropy",
  "candidates",
  "frequency",
  "is_name",
  "capital_before",
  "capital_after",
  "repeated",
  "is_normalised",
  "is_plural",
  "has_digit",
] as const;

/** Examples that rates are drawn towards the mean by. */
const SURFACE_WEIGHT = 2;
const OTHER_WEIGHT = 5;
const CAPITAL = /^[\p{Lu}\p{Lt}]/u;
const SMALL = /\p{Ll}/u;
const ADJACENT = /^[\p{Zs}\t'’&-]{1,3}$/u;

/** A document's hits, and what they are counted by. */
export function docHits(doc: Doc, hits: readonly Hit[], names: KnownNames): DocHits {
  const keys = hits.map((hit) => {
    const surface = doc.text.slice(hit.start, hit.end);
    const { label } = names.get(hit, surface);
    return { surface, before: neighbour(doc, hit.first - 1), after: neighbour(doc, hit.last + 1), label };
  });
  return { doc, hits, keys };
}

/** What features are made with. */
interface FeatureSources {
  readonly names: KnownNames;
  readonly statistics: HitStatistics;
  /** What this document itself contributed to the statistics. */
  readonly own?: Rates | undefined;
}

/** The features of a document's hits, row by row. */
export function hitFeatures(
  { doc, hits, keys }: DocHits,
  { names, statistics, own }: FeatureSources,
): Float64Array {
  const { rates, words } = statistics;
  const shapes = new SentenceShapes(doc);
  const width = HIT_FEATURES.length;
  const values = new Float64Array(hits.length * width);
  const repeated = new Map<string, number>();
  for (const { surface } of keys) repeated.set(surface, (repeated.get(surface) ?? 0) + 1);
  hits.forEach((hit, h) => {
    const key = keys[h] as Record<RateKey, string>;
    const { surface } = key;
    const name = names.get(hit, surface);
    const shape = shapes.shapeAt(hit.first);
    const { smallest, rarest } = wordsOf(doc, hit, words);
    values.set(
      [
        rates.surface.logOdds(surface, SURFACE_WEIGHT, own?.surface),
        Math.log1p(rates.surface.seen(surface, own?.surface)),
        rates.before.logOdds(key.before, OTHER_WEIGHT, own?.before),
        rates.after.logOdds(key.after, OTHER_WEIGHT, own?.after),
        rates.label.logOdds(key.label, OTHER_WEIGHT, own?.label),
        smallest,
        rarest,
        Math.log(hit.last - hit.first + 1),
        Math.log(surface.length),
        Number(!CAPITAL.test(surface)),
        Number(!SMALL.test(surface)),
        Number(shapes.expectsCapital(hit.first)),
        Number(shape === "title"),
        Number(shape === "capitals"),
        name.bestPrior,
        name.entropy,
        Math.log1p(name.candidates),
        Math.log1p(name.frequency) / 8,
        Number(name.isMainName),
        Number(isCapitalAt(doc, hit.first - 1) && !shapes.expectsCapital(hit.first - 1)),
        Number(isCapitalAt(doc, hit.last + 1, hit.last)),
        Math.log(repeated.get(surface) ?? 1),
        Number(hit.match === "normalised"),
        Number(hit.match === "plural"),
        Number(/\p{N}/u.test(surface)),
      ],
      h * width,
    );
  });
  return values;
}

/** Of a hit's words the lowest share in lower case, and how rare the rarest is. */
function wordsOf(
  { text, tokens }: Doc,
  { first, last }: Hit,
  words: RateTable,
): { smallest: number; rarest: number } {
  let [smallest, fewest] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let word = first; word <= last; word++) {
    const lower = text.slice(tokens.starts[word], tokens.ends[word]).toLowerCase();
    smallest = Math.min(smallest, words.logOdds(lower, 1));
    fewest = Math.min(fewest, words.seen(lower));
  }
  return { smallest, rarest: Math.log1p(fewest) };
}

/** A word beside a hit, in lower case; `""` where there is none. */
function neighbour({ text, tokens }: Doc, word: number): string {
  return word < 0 || word >= tokens.length
    ? ""
    : text.slice(tokens.starts[word], tokens.ends[word]).toLowerCase();
}

/** Whether a word has a capital and stands right beside a hit, which begins or ends with the word `beside`. */
function isCapitalAt({ text, tokens }: Doc, word: number, beside = word + 1): boolean {
  if (word < 0 || word >= tokens.length) return false;
  const gap = text.slice(tokens.ends[Math.min(word, beside)], tokens.starts[Math.max(word, beside)]);
  return ADJACENT.test(gap) && CAPITAL.test(text.slice(tokens.starts[word], tokens.ends[word]));
}
