import { InMemoryLookupKB } from "./in-memory-lookup-kb.js";
import { decodeParts, encodeParts, type KbShape } from "./kb-parts.js";

/** A knowledge base in memory that threads share: its files as they would stand on disk. It can be posted as it is. */
export interface SharedKb {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly shape: KbShape;
  readonly hash: string | undefined;
}

/** Copies a knowledge base, its vectors and indices too, into shared memory. */
export function shareKb(kb: InMemoryLookupKB): SharedKb {
  const files = new Map<string, Uint8Array>();
  for (const [name, bytes] of encodeParts(kb.toParts(), { vectors: true })) {
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
    shared.set(bytes);
    files.set(name, shared);
  }
  return { files, shape: { types: kb.types, entityVectorLength: kb.entityVectorLength }, hash: kb.hash };
}

/** A knowledge base over shared memory: to be read, never to be changed. */
export function openShared({ files, shape, hash }: SharedKb): InMemoryLookupKB {
  const { entityVectorLength } = shape;
  return new InMemoryLookupKB({ entityVectorLength }).fromParts(decodeParts(files, shape), hash);
}
