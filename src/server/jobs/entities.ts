import type { EntityTexts } from "../../kb/candidate.js";
import type { Linker } from "../../linker/linker.js";

export interface EntityRecord extends EntityTexts {
  readonly id: string;
  readonly freq: number;
}

/** What the knowledge base says of some entities, null for those that it lacks. */
export function entitiesOf(
  { kb }: Linker,
  { ids }: { readonly ids: readonly string[] },
): (EntityRecord | null)[] {
  return ids.map((id) => {
    const row = kb.entityIds.get(id);
    if (row < 0) return null;
    return {
      id,
      name: kb.name(row),
      description: kb.description(row),
      type: kb.types[kb.entityType[row] as number] ?? "",
      freq: kb.freq[row] as number,
    };
  });
}
