import { type Csr, groupBy, list } from "../kb/csr.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { NIL } from "../text/doc.js";
import type { Mention } from "./mention.js";

const NONE = new Int32Array(0);
const NO_CONTEXTS: readonly number[] = [];

/** Training mentions as they are stored: parallel columns, P pairs of name and answer, M contexts, W words. */
export interface MemoryColumns {
  /** Different names (folded) and entity ids. */
  readonly names: readonly string[];
  readonly ids: readonly string[];
  /** For each pair of name and answer: place in `names`, place in `ids` (-1 is NIL), training mentions. [P] */
  readonly pairName: Int32Array;
  readonly pairId: Int32Array;
  readonly pairCount: Int32Array;
  /** Kept contexts: the pair of each, its neighbours' codes, where its words begin. [M], [M x NEIGHBOURS], [M + 1] */
  readonly contextPair: Int32Array;
  readonly neighbours: Int32Array;
  readonly wordStart: Int32Array;
  /** Words (of the vocabulary) and their share of the context's length, times 255. [W] */
  readonly words: Int32Array;
  readonly weights: Uint8Array;
}

/** What one document itself added to the memory; set aside while it trains. */
export interface OwnShare {
  readonly document: number;
  /** Answers of this document for a name (-1 is NIL), and all its mentions of the name. */
  answers(key: string, entity: number): number;
  mentions(key: string): number;
  entity(entity: number): number;
}

/** The training mentions, asked by name and by entity; bound to one knowledge base. */
export class TrainMemory {
  private readonly nameIndex: ReadonlyMap<string, number>;
  private readonly pairEntity: Int32Array;
  private readonly contextEntity: Int32Array;
  private readonly contextName: Int32Array;
  private readonly nameCounts: Int32Array;
  private readonly pairsOfName: Csr;
  private readonly contextsOfName: Csr;
  private readonly contextsOfEntity: ReadonlyMap<number, readonly number[]>;
  private readonly entityCounts: ReadonlyMap<number, number>;

  constructor(
    readonly columns: MemoryColumns,
    kb: InMemoryLookupKB,
    /** Training document of each context; without it nothing can be set aside. */
    private readonly contextDocument?: Int32Array,
  ) {
    const { names, ids, pairName, pairId, pairCount, contextPair } = columns;
    this.nameIndex = new Map(names.map((name, i) => [name, i]));
    const rows = ids.map((id) => kb.entityIds.get(id));
    this.pairEntity = pairId.map((id) => (id < 0 ? -1 : (rows[id] as number)));
    this.contextEntity = contextPair.map((pair) => this.pairEntity[pair] as number);
    this.contextName = contextPair.map((pair) => pairName[pair] as number);
    this.pairsOfName = groupBy(pairName, names.length);
    this.contextsOfName = groupBy(this.contextName, names.length);
    this.nameCounts = new Int32Array(names.length);
    pairName.forEach((name, pair) => {
      this.nameCounts[name] = (this.nameCounts[name] as number) + (pairCount[pair] as number);
    });
    const counts = new Map<number, number>();
    const contexts = new Map<number, number[]>();
    this.pairEntity.forEach((entity, pair) => {
      if (entity >= 0) counts.set(entity, (counts.get(entity) ?? 0) + (pairCount[pair] as number));
    });
    this.contextEntity.forEach((entity, context) => {
      if (entity < 0) return;
      const own = contexts.get(entity);
      if (own) own.push(context);
      else contexts.set(entity, [context]);
    });
    this.entityCounts = counts;
    this.contextsOfEntity = contexts;
  }

  /** The row of a name (folded), -1 for one that training never had. */
  name(key: string): number {
    return this.nameIndex.get(key) ?? -1;
  }

  /** Training mentions of a name with an answer (-1 is NIL). */
  answers(name: number, entity: number): number {
    if (name < 0) return 0;
    const { offsets, values } = this.pairsOfName;
    const end = offsets[name + 1] as number;
    let count = 0;
    for (let i = offsets[name] as number; i < end; i++) {
      const pair = values[i] as number;
      if (this.pairEntity[pair] === entity) count += this.columns.pairCount[pair] as number;
    }
    return count;
  }

  /** Training mentions of a name. */
  mentions(name: number): number {
    return name < 0 ? 0 : (this.nameCounts[name] as number);
  }

  /** Training mentions of an entity under any name. */
  entityMentions(entity: number): number {
    return this.entityCounts.get(entity) ?? 0;
  }

  /** The remembered contexts of a name. */
  contextsOf(name: number): Int32Array {
    return name < 0 ? NONE : list(this.contextsOfName, name);
  }

  /** The remembered contexts of an entity, under any name. */
  contextsOfAny(entity: number): readonly number[] {
    return this.contextsOfEntity.get(entity) ?? NO_CONTEXTS;
  }

  /** Whether a context is from the document that is set aside. */
  isOwn(context: number, own: OwnShare | undefined): boolean {
    return own !== undefined && this.contextDocument?.[context] === own.document;
  }

  /** What the mention of a context meant: a row of the knowledge base, or -1 for NIL. */
  answerOf(context: number): number {
    return this.contextEntity[context] as number;
  }

  /** The row of the name of a context's mention. */
  nameOf(context: number): number {
    return this.contextName[context] as number;
  }
}

/** What a training document with its answers added. */
export function ownShare(document: number, mentions: readonly Mention[], kb: InMemoryLookupKB): OwnShare {
  const pairs = new Map<string, number>();
  const names = new Map<string, number>();
  const entities = new Map<number, number>();
  const add = <K>(counts: Map<K, number>, key: K): Map<K, number> =>
    counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { key, span } of mentions) {
    if (span.kbId === "") continue;
    const entity = span.kbId === NIL ? -1 : kb.entityIds.get(span.kbId);
    add(pairs, `${entity}\t${key}`);
    add(names, key);
    if (entity >= 0) add(entities, entity);
  }
  return {
    document,
    answers: (key, entity) => pairs.get(`${entity}\t${key}`) ?? 0,
    mentions: (key) => names.get(key) ?? 0,
    entity: (entity) => entities.get(entity) ?? 0,
  };
}
