import { fold } from "../kb/fold.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Discount } from "../linker/candidates.js";
import { type Doc, NIL } from "../text/doc.js";
import { normalizeWord } from "../text/tokenizer.js";

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

/** A name under which mentions may have been counted together. */
type KeyOf = (surface: string) => string;
const asWritten: KeyOf = (surface) => surface;
const asLemma: KeyOf = (surface) => fold(surface).split(" ").map(normalizeWord).join(" ");

/** Mentions by name, all and linked ones, by name and entity, and by entity. */
class Counts {
  readonly names = new Map<string, number>();
  readonly linkedNames = new Map<string, number>();
  readonly links = new Map<string, number>();
  readonly entities = new Map<number, number>();

  constructor(docs: readonly Doc[], kb: InMemoryLookupKB, keyOf: KeyOf) {
    for (const { text, ents } of docs) {
      for (const { start, end, kbId } of ents) {
        const key = keyOf(text.slice(start, end));
        add(this.names, key);
        const entity = kbId === "" || kbId === NIL ? -1 : kb.entityIds.get(kbId);
        if (entity < 0) continue;
        add(this.linkedNames, key);
        add(this.links, linkKey(key, entity));
        add(this.entities, entity);
      }
    }
  }
  name(key: string, linkedOnly: boolean): number {
    return (linkedOnly ? this.linkedNames : this.names).get(key) ?? 0;
  }
  link(key: string, entity: number): number {
    return this.links.get(linkKey(key, entity)) ?? 0;
  }
}

/** How an alias's priors come from counts: under which key, of which mentions, and smoothed by how much a candidate. */
interface Origin {
  readonly keyOf: KeyOf;
  readonly counts: Counts;
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
  private readonly all: readonly { readonly keyOf: KeyOf; readonly counts: Counts }[];
  private readonly origins = new Map<string, Origin | undefined>();
  /** Whether the knowledge base's frequencies, and its priors, are counts of these documents. */
  private readonly countsFrequencies: boolean;
  private readonly countsPriors: boolean;

  constructor(
    private readonly kb: InMemoryLookupKB,
    docs: readonly Doc[],
  ) {
    this.all = [asWritten, asLemma].map((keyOf) => ({ keyOf, counts: new Counts(docs, kb, keyOf) }));
    const { entities } = (this.all[0] as Origin).counts;
    const equal = [...entities].filter(([entity, count]) => kb.freq[entity] === count).length;
    this.countsFrequencies = equal > 0 && equal >= COUNTED_SHARE * entities.size;
    const telling = this.tellingAliases();
    const agreeing = telling.filter((surface) => this.findOrigin(surface)).length;
    this.countsPriors = agreeing > 0 && agreeing >= COUNTED_SHARE * telling.length;
  }

  discountFor(doc: Doc): Discount {
    const own = new Map(this.all.map(({ keyOf }) => [keyOf, new Counts([doc], this.kb, keyOf)]));
    const ownEntities = (own.get(asWritten) as Counts).entities;
    return {
      prior: (surface, entity, prior, candidates) => {
        const origin = this.origin(surface);
        if (!origin) return prior;
        const { keyOf, counts, linkedOnly, smoothing } = origin;
        const key = keyOf(surface);
        const mine = own.get(keyOf) as Counts;
        const total = counts.name(key, linkedOnly) + smoothing * candidates;
        // Priors are float32: what that leaves of a count must not break ties in favour of the document's own answer.
        const count = Math.round(prior * total * 1000) / 1000 - mine.link(key, entity);
        return Math.max(LOWEST_COUNT, count) / Math.max(LOWEST_COUNT, total - mine.name(key, linkedOnly));
      },
      frequency: (entity, frequency) => {
        return this.countsFrequencies ? Math.max(0, frequency - (ownEntities.get(entity) ?? 0)) : frequency;
      },
    };
  }

  /** Aliases whose priors would hardly agree with the counts by chance. */
  private tellingAliases(): string[] {
    const { kb } = this;
    const [{ counts }] = this.all as [Origin];
    return [...counts.names].flatMap(([surface, mentions]) => {
      const alias = kb.aliasStrings.get(surface);
      if (alias < 0 || mentions < TELLING_MENTIONS) return [];
      return kb.candidateEnd(alias) - kb.candidateStart(alias) >= 2 ? [surface] : [];
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
    const start = kb.candidateStart(alias);
    const end = kb.candidateEnd(alias);
    for (const { keyOf, counts } of this.all) {
      const key = keyOf(surface);
      for (const [smoothing, linkedOnly] of WAYS_OF_COUNTING) {
        const total = counts.name(key, linkedOnly) + smoothing * (end - start);
        let difference = 0;
        for (let i = start; i < end; i++) {
          const expected = (counts.link(key, kb.candidateEntities[i] as number) + smoothing) / total;
          difference += Math.abs((kb.candidatePriors[i] as number) - expected);
        }
        if (!(difference < least - ROUNDING)) continue; // equal counts fit every smoothing: the first is the least
        least = difference;
        best = { keyOf, counts, linkedOnly, smoothing };
      }
    }
    return best;
  }
}

const linkKey = (key: string, entity: number): string => `${entity}\t${key}`;

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
