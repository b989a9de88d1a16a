import { InMemoryLookupKB } from "../../kb/in-memory-lookup-kb.js";
import { openShared, type SharedKb, shareKb } from "../../kb/shared-kb.js";
import { StringColumn } from "../../kb/string-column.js";

/**
 * Moves a knowledge base into memory that threads share, all but what no look-up reads: descriptions and vectors, which
 * it keeps as they are, and other threads don't see. It stays the same otherwise, and may be changed later.
 */
export function moveToShared(kb: InMemoryLookupKB): SharedKb {
  const parts = kb.toParts();
  const { descriptions, vectors, quantized } = parts.entities;
  const none = { descriptions: new StringColumn(), vectors: undefined, quantized: undefined };
  const bare = new InMemoryLookupKB().fromParts({ ...parts, entities: { ...parts.entities, ...none } });
  const shared = shareKb(bare);
  const { entities, ...moved } = openShared(shared).toParts();
  kb.fromParts({ ...moved, entities: { ...entities, descriptions, vectors, quantized } }, kb.hash);
  return shared;
}
