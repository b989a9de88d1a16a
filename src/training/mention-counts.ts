import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { type Doc, NIL } from "../text/doc.js";

/** What mentions are counted under. */
export type KeyOf = (surface: string) => string;

/** Mentions of a name: all, linked ones, and by the entity that they are linked to. */
export interface NameCounts {
  mentions: number;
  linked: number;
  readonly links: Map<number, number>;
}

const NO_MENTIONS: Readonly<NameCounts> = { mentions: 0, linked: 0, links: new Map() };

/** What some documents mean by their names. */
export class MentionCounts {
  readonly names = new Map<string, NameCounts>();

  static of(docs: readonly Doc[], kb: InMemoryLookupKB): MentionCounts {
    const counts = new MentionCounts();
    for (const { text, ents } of docs) {
      for (const { start, end, kbId } of ents) {
        const name = counts.at(text.slice(start, end));
        name.mentions++;
        const entity = kbId === "" || kbId === NIL ? -1 : kb.entityIds.get(kbId);
        if (entity < 0) continue;
        name.linked++;
        add(name.links, entity, 1);
      }
    }
    return counts;
  }

  /** The same mentions under other names. */
  under(keyOf: KeyOf): MentionCounts {
    const counts = new MentionCounts();
    for (const [surface, { mentions, linked, links }] of this.names) {
      const name = counts.at(keyOf(surface));
      name.mentions += mentions;
      name.linked += linked;
      for (const [entity, count] of links) add(name.links, entity, count);
    }
    return counts;
  }

  /** Linked mentions by entity. */
  entities(): Map<number, number> {
    const entities = new Map<number, number>();
    for (const { links } of this.names.values()) {
      for (const [entity, count] of links) add(entities, entity, count);
    }
    return entities;
  }

  get(key: string): Readonly<NameCounts> {
    return this.names.get(key) ?? NO_MENTIONS;
  }

  private at(key: string): NameCounts {
    let name = this.names.get(key);
    if (!name) {
      name = { mentions: 0, linked: 0, links: new Map() };
      this.names.set(key, name);
    }
    return name;
  }
}

export function mentionsOf({ mentions, linked }: NameCounts, linkedOnly: boolean): number {
  return linkedOnly ? linked : mentions;
}

function add<K>(counts: Map<K, number>, key: K, more: number): void {
  counts.set(key, (counts.get(key) ?? 0) + more);
}
