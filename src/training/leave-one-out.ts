import { fold } from "../kb/fold.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Discount } from "../linker/candidates.js";
import type { Doc } from "../text/doc.js";
import { normalizeWord } from "../text/tokenizer.js";
import { type KeyOf, MentionCounts, mentionsOf, type NameCounts } from "./mention-counts.js";

/** No candidate keeps less than this count. */
const LOWEST_COUNT = 0.02;
/** Pseudo-counts a candidate that priors may have been smoothed with. */
const SMOOTHINGS = [0, 0.05, 0.1, 0.25, 0.5, 1];
const WAYS_OF_COUNTING = [false, true].flatMap((linkedOnly) =>
  SMOOTHINGS.map((smoothing) => [smoothing, linkedOnly] as const),
);
/** Priors that differ more than this (sum of absolute differences) from the counts were not counted on them. */
const LARGEST_DIFFERENCE = 0.1;
/** Priors are float32. */
const ROUNDING = 1e-6;
/** Frequencies are taken for counts when at least this share of the entities in training text agree to the unit, */
const COUNTED_SHARE = 0.5;
/** and priors when this share of the aliases with two candidates and so many training mentions agree: few agree by chance. */
const TELLING_MENTIONS = 5;

/** Names under which mentions may have been counted together. */
const asWritten: KeyOf = (surface) => surface;
const asLemma: KeyOf = (surface) => fold(surface).split(" ").map(normalizeWord).join(" ");

/** How an alias's priors come from counts: under which key, of which mentions, and smoothed by how much a candidate. */
interface Origin {
  readonly keyOf: KeyOf;
  readonly key: string;
  readonly counts: NameCounts;
  /** Shares of the linked mentions, not of all: then NIL takes nothing of them. */
  readonly linkedOnly: boolean;
  readonly smoothing: number;
}

/**
 * Leave one document out: priors and frequencies that were counted on the training documents hold each document's own
 * answers, and a model that saw them so would trust them too much. While a document trains, its counts are taken out.
 * Whether the priors were counted is found out by comparing them with the counts: if most telling aliases agree, each
 * alias's own way of counting is taken out; priors of another origin (population, fame) stay as they are.
 */
export class LeaveOneOut {
  private readonly written: MentionCounts;
  private readonly all: readonly { readonly keyOf: KeyOf; readonly counts: MentionCounts }[];
  private readonly origins = new Map<string, Origin | undefined>();
  /** Whether the knowledge base's frequencies, and its priors, are counts of these documents. */
  private readonly countsFrequencies: boolean;
  private readonly countsPriors: boolean;

  constructor(
    private readonly kb: InMemoryLookupKB,
    docs: readonly Doc[],
  ) {
    this.written = MentionCounts.of(docs, kb);
    this.all = [
      { keyOf: asWritten, counts: this.written },
      { keyOf: asLemma, counts: this.written.under(asLemma) },
    ];
    const entities = this.written.entities();
    const equal = [...entities].filter(([entity, count]) => kb.freq[entity] === count).length;
    this.countsFrequencies = equal > 0 && equal >= COUNTED_SHARE * entities.size;
    const telling = this.tellingAliases();
    const agreeing = telling.filter((surface) => this.findOrigin(surface)).length;
    this.countsPriors = agreeing > 0 && agreeing >= COUNTED_SHARE * telling.length;
  }

  /** Nothing where the knowledge base has other origins than these documents. */
  discountFor(doc: Doc): Discount | undefined {
    if (!this.countsPriors && !this.countsFrequencies) return undefined;
    const written = MentionCounts.of([doc], this.kb);
    let lemmas: MentionCounts | undefined;
    const ownUnder = (keyOf: KeyOf): MentionCounts => {
      if (keyOf === asWritten) return written;
      lemmas ??= written.under(asLemma);
      return lemmas;
    };
    const ownEntities = written.entities();
    return {
      prior: (surface, entity, prior, candidates) => {
        const origin = this.origin(surface);
        if (!origin) return prior;
        const { keyOf, key, counts, linkedOnly, smoothing } = origin;
        const mine = ownUnder(keyOf).get(key);
        const total = mentionsOf(counts, linkedOnly) + smoothing * candidates;
        // Priors are float32: what that leaves of a count must not break ties in favour of the document's own answer.
        const count = Math.round(prior * total * 1000) / 1000 - (mine.links.get(entity) ?? 0);
        return Math.max(LOWEST_COUNT, count) / Math.max(LOWEST_COUNT, total - mentionsOf(mine, linkedOnly));
      },
      frequency: (entity, frequency) => {
        return this.countsFrequencies ? Math.max(0, frequency - (ownEntities.get(entity) ?? 0)) : frequency;
      },
    };
  }

  /** Aliases whose priors would hardly agree with the counts by chance. */
  private tellingAliases(): string[] {
    const { kb } = this;
    return [...this.written.names].flatMap(([surface, { mentions }]) => {
      const alias = mentions < TELLING_MENTIONS ? -1 : kb.aliasStrings.get(surface);
      return alias >= 0 && kb.candidateEnd(alias) - kb.candidateStart(alias) >= 2 ? [surface] : [];
    });
  }

  private origin(surface: string): Origin | undefined {
    if (!this.countsPriors) return undefined;
    if (!this.origins.has(surface)) this.origins.set(surface, this.findOrigin(surface));
    return this.origins.get(surface);
  }

  private findOrigin(surface: string): Origin | undefined {
    const { kb } = this;
    const alias = kb.aliasStrings.get(surface);
    let best: Origin | undefined;
    let least = LARGEST_DIFFERENCE;
    if (alias < 0) return best;
    const [start, end] = [kb.candidateStart(alias), kb.candidateEnd(alias)];
    const priors = kb.candidatePriors.subarray(start, end);
    for (const { keyOf, counts: all } of this.all) {
      const key = keyOf(surface);
      const counts = all.get(key);
      const links = Array.from(
        kb.candidateEntities.subarray(start, end),
        (entity) => counts.links.get(entity) ?? 0,
      );
      for (const [smoothing, linkedOnly] of WAYS_OF_COUNTING) {
        const total = mentionsOf(counts, linkedOnly) + smoothing * priors.length;
        let difference = 0;
        for (let i = 0; i < priors.length; i++) {
          const expected = ((links[i] as number) + smoothing) / total;
          difference += Math.abs((priors[i] as number) - expected);
        }
        if (!(difference < least - ROUNDING)) continue; // equal counts fit every smoothing: the first is the least
        least = difference;
        best = { keyOf, key, counts, linkedOnly, smoothing };
      }
    }
    return best;
  }
}
