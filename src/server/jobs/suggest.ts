import { fold } from "../../kb/fold.js";
import type { InMemoryLookupKB } from "../../kb/in-memory-lookup-kb.js";
import type { Linker } from "../../linker/linker.js";

export interface SuggestJob {
  /** What was typed so far. */
  readonly prefix: string;
  /** Suggestions that are passed over. */
  readonly cursor: number;
  readonly limit: number;
}

export interface SuggestedEntity {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** "" for none. */
  readonly type: string;
}

/** A type and how many entities have it. */
export interface TypeCount {
  readonly type: string;
  readonly entities: number;
}

/** Names of one entity often begin alike, so that more names than entities are looked at. */
const NAMES_PER_ENTITY = 4;

/** Entities with a name that begins with the prefix, case and accents aside: one that is named so, or has it as id, first; then those that are meant most. */
export function suggestEntities({ kb }: Linker, { prefix, cursor, limit }: SuggestJob): SuggestedEntity[] {
  const wanted = cursor + limit;
  const rows = new Set<number>();
  const byId = kb.entityIds.get(prefix);
  if (byId >= 0) rows.add(byId);
  const key = fold(prefix);
  const found = key === "" ? [] : kb.prefixes.heaviest(key, NAMES_PER_ENTITY * wanted);
  for (const name of found) {
    for (const row of entitiesOfKey(kb, name)) rows.add(row);
    if (rows.size >= wanted) break;
  }
  return [...rows].slice(cursor, wanted).map((row) => {
    const id = kb.entityIds.at(row);
    return {
      id,
      name: kb.name(row) || id,
      description: kb.description(row),
      type: kb.types[kb.entityType[row] as number] ?? "",
    };
  });
}

/** The entities of all aliases of one fold, the one that is meant most first. */
function entitiesOfKey(kb: InMemoryLookupKB, key: number): number[] {
  const weights = new Map<number, number>();
  for (const alias of kb.aliases.aliasesOfKey(key)) {
    for (let i = kb.candidateStart(alias); i < kb.candidateEnd(alias); i++) {
      const entity = kb.candidateEntities[i] as number;
      weights.set(entity, Math.max(weights.get(entity) ?? 0, kb.candidatePriors[i] as number));
    }
  }
  return [...weights].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([entity]) => entity);
}

/** The types of a knowledge base, those of most entities first; entities without one are left out. */
export function countTypes({ kb }: Linker, _input: null): { entities: number; types: TypeCount[] } {
  const counts = new Int32Array(kb.types.length);
  for (const code of kb.entityType) counts[code] = (counts[code] as number) + 1;
  const types = kb.types.map((type, code) => ({ type, entities: counts[code] as number }));
  const named = types.filter(({ type, entities }) => type !== "" && entities > 0);
  return { entities: kb.getSizeEntities(), types: named.sort((a, b) => b.entities - a.entities) };
}
