import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Discount } from "../linker/candidates.js";
import { type Doc, NIL } from "../text/doc.js";

/** No candidate's prior falls below this share by taking counts out. */
const LOWEST_COUNT = 0.02;

interface DocumentCounts {
  readonly surfaces: ReadonlyMap<string, number>;
  readonly links: ReadonlyMap<string, number>;
  readonly entities: ReadonlyMap<number, number>;
}

/**
 * Leave one document out: priors and frequencies that were counted on the training documents hold each document's
 * own answers. While a document trains, its counts are taken out again.
 */
export class LeaveOneOut {
  private readonly surfaceTotals = new Map<string, number>();

  /**
   * @param smoothing pseudo-counts that the priors hold for each candidate of an alias
   */
  constructor(
    private readonly kb: InMemoryLookupKB,
    docs: readonly Doc[],
    private readonly smoothing: number,
  ) {
    for (const doc of docs) {
      for (const { start, end } of doc.ents) add(this.surfaceTotals, doc.text.slice(start, end));
    }
  }

  discountFor(doc: Doc): Discount {
    const own = this.count(doc);
    return {
      prior: (surface, entity, prior, candidates) => {
        const total = (this.surfaceTotals.get(surface) ?? 0) + this.smoothing * candidates;
        const others = total - (own.surfaces.get(surface) ?? 0);
        const count = prior * total - (own.links.get(linkKey(surface, entity)) ?? 0);
        return Math.max(LOWEST_COUNT, count) / Math.max(others, LOWEST_COUNT);
      },
      frequency: (entity, frequency) => Math.max(0, frequency - (own.entities.get(entity) ?? 0)),
    };
  }

  private count(doc: Doc): DocumentCounts {
    const surfaces = new Map<string, number>();
    const links = new Map<string, number>();
    const entities = new Map<number, number>();
    for (const { start, end, kbId } of doc.ents) {
      const surface = doc.text.slice(start, end);
      add(surfaces, surface);
      const entity = kbId === "" || kbId === NIL ? -1 : this.kb.entityIds.get(kbId);
      if (entity < 0) continue;
      add(links, linkKey(surface, entity));
      add(entities, entity);
    }
    return { surfaces, links, entities };
  }
}

const linkKey = (surface: string, entity: number): string => `${entity}\t${surface}`;

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
