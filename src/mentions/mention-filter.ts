import { z } from "zod";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Doc } from "../text/doc.js";
import type { Hit } from "./gazetteer.js";
import {
  docHits,
  HIT_FEATURES,
  type HitStatistics,
  hitFeatures,
  RATE_KEYS,
  type Rates,
} from "./hit-features.js";
import { KnownNames } from "./known-names.js";
import { logOdds } from "./logistic-regression.js";
import { RateTable } from "./rate-table.js";

/** What a filter learned. */
export interface MentionFilterParts {
  readonly statistics: HitStatistics;
  /** One a feature, then the intercept. */
  readonly weights: ArrayLike<number>;
  /** Log-odds from which on a hit is kept. */
  readonly threshold: number;
}

const count = z.number().min(0);
const counts = z.strictObject({
  rate: z.number().gt(0).lt(1),
  counts: z.array(z.tuple([z.string(), count, count])),
});
const stored = z.strictObject({
  features: z.tuple(HIT_FEATURES.map((name) => z.literal(name)) as [z.ZodLiteral<string>]),
  weights: z.array(z.number()).length(HIT_FEATURES.length + 1),
  threshold: z.number(),
  rates: z.strictObject({ surface: counts, before: counts, after: counts, label: counts }),
  words: counts,
});

/** Says which names of a knowledge base in a text are worth linking, as it learned from annotated texts. */
export class MentionFilter {
  constructor(private readonly parts: MentionFilterParts) {}

  /** Those of a document's hits that are worth linking. */
  keep(doc: Doc, hits: readonly Hit[], kb: InMemoryLookupKB): Hit[] {
    const scores = this.score(doc, hits, kb);
    return hits.filter((_, h) => (scores[h] as number) >= this.parts.threshold);
  }

  /** The log-odds of hits to be worth linking. */
  score(doc: Doc, hits: readonly Hit[], kb: InMemoryLookupKB): number[] {
    if (hits.length === 0) return [];
    const { statistics, weights } = this.parts;
    const names = new KnownNames(kb);
    const values = hitFeatures(docHits(doc, hits, names), { names, statistics });
    return hits.map((_, h) => logOdds(weights, values, h));
  }

  toBytes(): Uint8Array {
    const { statistics, weights, threshold } = this.parts;
    const { words } = statistics;
    const rates = Object.fromEntries(RATE_KEYS.map((key) => [key, statistics.rates[key]]));
    const content = { features: HIT_FEATURES, weights: Array.from(weights), threshold, rates, words };
    return new TextEncoder().encode(`${JSON.stringify(content)}\n`);
  }

  /** Reads what `toBytes` gave. Throws a plain error that says what is wrong. */
  static fromBytes(bytes: Uint8Array): MentionFilter {
    const { weights, threshold, rates, words } = stored.parse(JSON.parse(new TextDecoder().decode(bytes)));
    const tables = RATE_KEYS.map((key) => [key, RateTable.fromJSON(rates[key])]);
    const statistics = { rates: Object.fromEntries(tables) as Rates, words: RateTable.fromJSON(words) };
    return new MentionFilter({ statistics, weights, threshold });
  }
}
