import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Doc } from "../text/doc.js";

/** Names in the order of their codes; what is not among them gets the last code of the model's width. */
export type Codebook = readonly string[];

/** The commonest mention labels of some documents, one place left for all others. */
export function labelCodebook(docs: readonly Doc[], width: number): Codebook {
  const counts = new Map<string, number>();
  for (const doc of docs) for (const { label } of doc.ents) counts.set(label, (counts.get(label) ?? 0) + 1);
  return commonest(counts, width);
}

/** The commonest entity types of a knowledge base, one place left for all others. */
export function typeCodebook(kb: InMemoryLookupKB, width: number): Codebook {
  const counts = new Map<string, number>();
  for (const type of kb.entityType) {
    const name = kb.types[type] ?? "";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return commonest(counts, width);
}

/** The code of each entity's type. [entities] */
export function typeCodes(kb: InMemoryLookupKB, codebook: Codebook, width: number): Uint8Array {
  const byType = kb.types.map((name) => {
    const code = codebook.indexOf(name);
    return code < 0 ? width - 1 : code;
  });
  const codes = new Uint8Array(kb.getSizeEntities());
  for (let entity = 0; entity < codes.length; entity++) {
    codes[entity] = byType[kb.entityType[entity] as number] ?? width - 1;
  }
  return codes;
}

function commonest(counts: ReadonlyMap<string, number>, width: number): Codebook {
  const ranked = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return ranked.slice(0, width - 1).map(([name]) => name);
}
