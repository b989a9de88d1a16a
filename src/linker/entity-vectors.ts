import { linkwrightError } from "../errors.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { quantizeRows } from "../kb/quantized-rows.js";
import { architectureOf } from "../model/architecture.js";
import type { ModelOptions } from "../model/options.js";
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

/** Says that the vectors of a knowledge base are the model's, as when both come from one folder; if it makes any. */
export function claimVectors(kb: InMemoryLookupKB, learned: LearnedModel): void {
  const rows = kb.quantizedVectors;
  if (rows && architectureOf(learned.options).encodesEntities) owners.set(rows.codes.buffer, learned.members);
}

/** Stores the model's vectors of all entities, in a byte a number. // [entities x strideOf] */
export function storeVectors(kb: InMemoryLookupKB, learned: LearnedModel, vectors: Float32Array): void {
  kb.setQuantizedVectors(quantizeRows(vectors, learned.options.entityVectorLength), strideOf(learned));
  claimVectors(kb, learned);
}

/**
 * Whether entity vectors are still to be made by the model, if it makes any: the knowledge base has none, or another
 * model's, or an entity that was added later has zeros.
 * @throws L409 the model makes none, and the knowledge base lacks those that it needs
 */
export function lacksVectors(kb: InMemoryLookupKB, learned: LearnedModel): boolean {
  if (!architectureOf(learned.options).encodesEntities) {
    givenVectors(kb, learned.options);
    return false;
  }
  const rows = kb.quantizedVectors;
  if (!rows || kb.entityVectorLength !== strideOf(learned)) return true;
  if (owners.get(rows.codes.buffer) !== learned.members) return true;
  const members = learned.members.length;
  for (let from = 0; from < rows.scales.length; from += members) {
    let at = from;
    while (at < from + members && rows.scales[at] === 0) at++;
    if (at === from + members) return true;
  }
  return false;
}

/** Makes sure that the knowledge base has the vectors that a model of these options needs. @throws L409 */
export function checkVectors(kb: InMemoryLookupKB, options: ModelOptions): void {
  if (!architectureOf(options).encodesEntities) givenVectors(kb, options);
}

/**
 * The vectors of all entities that the knowledge base came with, for a model that makes none. // [entities x length]
 * @throws L409 there are none of that length, or those there are were made by a model since
 */
export function givenVectors(
  kb: InMemoryLookupKB,
  { architecture, entityVectorLength: expected }: ModelOptions,
): Float32Array {
  const { vectors, entityVectorLength: length } = kb;
  if (kb.isEmpty()) return new Float32Array(0);
  const refuse = (found: string): never => {
    throw linkwrightError("L409", { architecture, found, expected });
  };
  if (kb.quantizedVectors) return refuse("those that another model made for itself");
  if (!vectors?.some((value) => value !== 0)) return refuse("none");
  return length === expected ? vectors : refuse(`some of length ${length}`);
}
