import type { Candidate } from "./candidate.js";

/** A value, or a promise of it when the knowledge base is asked over a network. */
export type Awaitable<T> = T | Promise<T>;

/**
 * What a linker asks of a knowledge base: spaCy's abstract class. Extend it to link against a database of
 * your own; `InMemoryLookupKB` is the one that linkwright trains with.
 */
export abstract class KnowledgeBase {
  /** Length of the entities' vectors. */
  abstract readonly entityVectorLength: number;

  /** The candidates of a mention's text. */
  abstract getCandidates(mention: string): Awaitable<readonly Candidate[]>;

  /** The candidates of each mention, in their order; overwrite it where one question can hold many mentions. */
  getCandidatesBatch(mentions: readonly string[]): Awaitable<readonly (readonly Candidate[])[]> {
    const batch = mentions.map((mention) => this.getCandidates(mention));
    return batch.some((candidates) => candidates instanceof Promise)
      ? Promise.all(batch)
      : (batch as (readonly Candidate[])[]);
  }

  /** The vector of an entity. // [entityVectorLength] */
  abstract getVector(entity: string): Awaitable<Float32Array>;

  /** The vectors of entities, in their order. // each [entityVectorLength] */
  getVectors(entities: readonly string[]): Awaitable<readonly Float32Array[]> {
    const batch = entities.map((entity) => this.getVector(entity));
    return batch.some((vector) => vector instanceof Promise) ? Promise.all(batch) : (batch as Float32Array[]);
  }

  /** Writes the knowledge base to a folder. */
  abstract toDisk(dir: string): Promise<void>;

  /** Reads what `toDisk` wrote, in place of what the knowledge base held. */
  abstract fromDisk(dir: string): Promise<this>;
}
