import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { LearnedModel } from "./bound-model.js";

/**
 * Whose vectors a knowledge base holds, by the memory that they lie in: a knowledge base may serve several models one
 * after the other, and vectors of equal length look alike.
 */
const owners = new WeakMap<ArrayBufferLike, LearnedModel["members"]>();

/** Numbers of an entity: each member's vector, side by side. */
export function strideOf({ members, options }: LearnedModel): number {
  return members.length * options.entityVectorLength;
}

/** Says that the vectors of a knowledge base are the model's, as when both come from one folder. */
export function claimVectors(kb: InMemoryLookupKB, learned: LearnedModel): void {
  if (kb.vectors) owners.set(kb.vectors.buffer, learned.members);
}

/** Stores the model's vectors of all entities. // [entities x strideOf] */
export function storeVectors(kb: InMemoryLookupKB, learned: LearnedModel, vectors: Float32Array): void {
  kb.setVectors(vectors, strideOf(learned));
  claimVectors(kb, learned);
}

/**
 * Whether the model's entity vectors are still to be made: the knowledge base has none, or another model's, or an
 * entity that was added later has zeros.
 */
export function lacksVectors(kb: InMemoryLookupKB, learned: LearnedModel): boolean {
  const { vectors } = kb;
  const stride = strideOf(learned);
  if (!vectors || kb.entityVectorLength !== stride || owners.get(vectors.buffer) !== learned.members)
    return true;
  for (let from = 0; from < vectors.length; from += stride) {
    let at = from;
    while (at < from + stride && vectors[at] === 0) at++;
    if (at === from + stride) return true;
  }
  return false;
}
