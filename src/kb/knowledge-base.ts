import { type LinkwrightError, linkwrightError } from "../errors.js";
import type { Candidate } from "./candidate.js";

/** A value, or a promise of it when the knowledge base is asked over a network. */
export type Awaitable<T> = T | Promise<T>;

/**
 * What a linker asks of a knowledge base: spaCy's abstract class. Extend it to link against a database of
 * your own; `InMemoryLookupKB` is the one that linkwright trains with. As in spaCy, a subclass may leave out
 * what nobody asks it for; a call of what it lacks is refused with E1045.
 */
export abstract class KnowledgeBase {
  /** @throws E1046 for `KnowledgeBase` itself */
  constructor() {
    if (new.target === KnowledgeBase) throw linkwrightError("E1046", { name: "KnowledgeBase" });
  }

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

  /**
   * Whether an id stands for an entity. Overwrite it where annotated texts may hold ids that the knowledge base lacks, so
   * that they count as NIL.
   */
  containsEntity(_entity: string): Awaitable<boolean> {
    return true;
  }

  /** The vector of an entity. // [entityVectorLength] */
  abstract getVector(entity: string): Awaitable<Float32Array>;

  /** The vectors of entities, in their order. // each [entityVectorLength] */
  getVectors(entities: readonly string[]): Awaitable<readonly Float32Array[]> {
    const batch = entities.map((entity) => this.getVector(entity));
    return batch.some((vector) => vector instanceof Promise) ? Promise.all(batch) : (batch as Float32Array[]);
  }

  /** Everything that the knowledge base holds, as bytes. */
  async toBytes(): Promise<Uint8Array> {
    throw lacking(this, "toBytes");
  }

  /** Takes on what `toBytes` gave, in place of what the knowledge base held. */
  async fromBytes(_bytes: Uint8Array): Promise<this> {
    throw lacking(this, "fromBytes");
  }

  /** Writes the knowledge base to a folder. */
  async toDisk(_dir: string): Promise<void> {
    throw lacking(this, "toDisk");
  }

  /** Reads what `toDisk` wrote, in place of what the knowledge base held. */
  async fromDisk(_dir: string): Promise<this> {
    throw lacking(this, "fromDisk");
  }
}

/** Questions that one knowledge base is asked at a time. */
const AT_ONCE = 16;

/** Those of some ids that stand for entities of a knowledge base. */
export async function entitiesAmong(kb: KnowledgeBase, ids: Iterable<string>): Promise<ReadonlySet<string>> {
  const asked = [...new Set(ids)];
  const known = new Set<string>();
  for (let from = 0; from < asked.length; from += AT_ONCE) {
    const some = asked.slice(from, from + AT_ONCE);
    const answers = await Promise.all(some.map((id) => kb.containsEntity(id)));
    for (const id of some.filter((_, i) => answers[i])) known.add(id);
  }
  return known;
}

// `abstract` is for the compiler; those who have none get an error that says what is lacking.
for (const method of ["getCandidates", "getVector"] as const) {
  Object.defineProperty(KnowledgeBase.prototype, method, {
    configurable: true,
    writable: true,
    value(this: KnowledgeBase): never {
      throw lacking(this, method);
    },
  });
}

function lacking(kb: KnowledgeBase, method: string): LinkwrightError {
  return linkwrightError("E1045", { parent: "KnowledgeBase", method, name: kb.constructor.name });
}
