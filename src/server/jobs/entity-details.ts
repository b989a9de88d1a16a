import type { Linker } from "../../linker/linker.js";
import { type EntityRecord, entitiesOf } from "./entities.js";

/** Aliases that are told of an entity: some have thousands. */
const MOST_ALIASES = 100;

export interface EntityDetails extends EntityRecord {
  /** Names under which the entity is found, in the order they were added. */
  readonly aliases: readonly string[];
}

/** What the knowledge base says of some entities, their aliases too; null for those that it lacks. */
export function detailsOf(
  linker: Linker,
  { ids }: { readonly ids: readonly string[] },
): (EntityDetails | null)[] {
  const { kb } = linker;
  return entitiesOf(linker, { ids }).map((entity) => {
    if (!entity) return null;
    const rows = kb.entityAliases(kb.entityIds.get(entity.id)).subarray(0, MOST_ALIASES);
    return { ...entity, aliases: Array.from(rows, (row) => kb.aliasStrings.at(row)) };
  });
}
