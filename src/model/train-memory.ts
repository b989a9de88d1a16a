import { type Csr, groupBy, list } from "../kb/csr.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { NIL } from "../text/doc.js";
import { type DocumentView, tokenAt } from "./document-view.js";
import type { Mention } from "./mention.js";
import type { Vocabulary } from "./vocabulary.js";

/** Tokens of context on each side that are remembered. */
const REACH = 20;
/** Words rarer than this (idf) are remembered. */
const CONTENT_IDF = 1;
/** Contexts kept of one name; more add time and little else. */
const CONTEXTS_A_NAME = 24;

/** Training mentions as they are stored: parallel columns, M mentions, W remembered words. */
export interface MemoryColumns {
  /** Different names (folded) and entity ids. */
  readonly names: readonly string[];
  readonly ids: readonly string[];
  /** For each pair of name and answer: place in `names`, place in `ids` (-1 is NIL), training mentions. [P] */
  readonly pairName: Int32Array;
  readonly pairId: Int32Array;
  readonly pairCount: Int32Array;
  /** Kept contexts: the pair of each, and where its words begin. [M], [M + 1] */
  readonly contextPair: Int32Array;
  readonly wordStart: Int32Array;
  /** Words (of the vocabulary) and their share of the context's length, times 255. [W] */
  readonly words: Int32Array;
  readonly weights: Uint8Array;
}

/** Collects what {@link TrainMemory} remembers. */
export class MemoryBuilder {
  private readonly names = new Map<string, number>();
  private readonly ids = new Map<string, number>();
  private readonly pairs = new Map<string, number>();
  private readonly pairName: number[] = [];
  private readonly pairId: number[] = [];
  private readonly pairCount: number[] = [];
  private readonly keptOfName = new Map<string, number>();
  private readonly contextPair: number[] = [];
  private readonly wordStart: number[] = [0];
  private readonly words: number[] = [];
  private readonly weights: number[] = [];
  /** Training document of each kept context; needed while training only. */
  readonly contextDocument: number[] = [];

  constructor(
    private readonly kb: InMemoryLookupKB,
    private readonly vocabulary: Vocabulary,
  ) {}

  add(view: DocumentView, mentions: readonly Mention[], document: number): void {
    for (const mention of mentions) {
      const { kbId } = mention.span;
      if (kbId === "") continue;
      const pair = this.pair(mention.key, this.kb.containsEntity(kbId) ? kbId : NIL);
      this.pairCount[pair] = (this.pairCount[pair] as number) + 1;
      const kept = this.keptOfName.get(mention.key) ?? 0;
      if (kept >= CONTEXTS_A_NAME) continue;
      this.keptOfName.set(mention.key, kept + 1);
      this.contextPair.push(pair);
      this.contextDocument.push(document);
      for (const [word, weight] of contextWords(view, mention, this.vocabulary)) {
        this.words.push(word);
        this.weights.push(Math.round(255 * weight));
      }
      this.wordStart.push(this.words.length);
    }
  }

  columns(): MemoryColumns {
    return {
      names: [...this.names.keys()],
      ids: [...this.ids.keys()],
      pairName: Int32Array.from(this.pairName),
      pairId: Int32Array.from(this.pairId),
      pairCount: Int32Array.from(this.pairCount),
      contextPair: Int32Array.from(this.contextPair),
      wordStart: Int32Array.from(this.wordStart),
      words: Int32Array.from(this.words),
      weights: Uint8Array.from(this.weights),
    };
  }

  private pair(name: string, id: string): number {
    const key = `${id}\t${name}`;
    let pair = this.pairs.get(key);
    if (pair === undefined) {
      pair = this.pairs.size;
      this.pairs.set(key, pair);
      this.pairName.push(placeOf(this.names, name));
      this.pairId.push(id === NIL ? -1 : placeOf(this.ids, id));
      this.pairCount.push(0);
    }
    return pair;
  }
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
  private readonly pairsOfName: Csr;
  private readonly contextsOfName: Csr;
  private readonly contextsOfEntity: ReadonlyMap<number, Int32Array>;
  private readonly entityCounts: ReadonlyMap<number, number>;

  constructor(
    readonly columns: MemoryColumns,
    kb: InMemoryLookupKB,
    /** Training document of each context; without it nothing can be set aside. */
    private readonly contextDocument?: readonly number[],
  ) {
    const { names, ids, pairName, pairId, pairCount, contextPair } = columns;
    this.nameIndex = new Map(names.map((name, i) => [name, i]));
    const rows = ids.map((id) => kb.entityIds.get(id));
    this.pairEntity = pairId.map((id) => (id < 0 ? -1 : (rows[id] as number)));
    this.pairsOfName = groupBy(pairName, names.length);
    this.contextsOfName = groupBy(
      contextPair.map((pair) => pairName[pair] as number),
      names.length,
    );
    const counts = new Map<number, number>();
    const contexts = new Map<number, number[]>();
    this.pairEntity.forEach((entity, pair) => {
      if (entity >= 0) counts.set(entity, (counts.get(entity) ?? 0) + (pairCount[pair] as number));
    });
    contextPair.forEach((pair, context) => {
      const entity = this.pairEntity[pair] as number;
      if (entity < 0) return;
      const own = contexts.get(entity);
      if (!own) contexts.set(entity, [context]);
      else if (own.length < CONTEXTS_A_NAME) own.push(context);
    });
    this.entityCounts = counts;
    this.contextsOfEntity = new Map([...contexts].map(([entity, own]) => [entity, Int32Array.from(own)]));
  }

  /** Training mentions of a name with an answer (-1 is NIL). */
  answers(key: string, entity: number, own?: OwnShare): number {
    let count = 0;
    const name = this.nameIndex.get(key);
    if (name === undefined) return 0;
    for (const pair of list(this.pairsOfName, name)) {
      if (this.pairEntity[pair] === entity) count += this.columns.pairCount[pair] as number;
    }
    return count - (own?.answers(key, entity) ?? 0);
  }

  /** Training mentions of a name. */
  mentions(key: string, own?: OwnShare): number {
    let count = 0;
    const name = this.nameIndex.get(key);
    if (name === undefined) return 0;
    for (const pair of list(this.pairsOfName, name)) count += this.columns.pairCount[pair] as number;
    return count - (own?.mentions(key) ?? 0);
  }

  /** Training mentions of an entity under any name. */
  entityMentions(entity: number, own?: OwnShare): number {
    return (this.entityCounts.get(entity) ?? 0) - (own?.entity(entity) ?? 0);
  }

  /** Calls back with the answer of each remembered context of a name and its cosine with `query`. */
  eachOfName(
    key: string,
    query: ContextQuery,
    own: OwnShare | undefined,
    use: (entity: number, cosine: number) => void,
  ): void {
    const name = this.nameIndex.get(key);
    if (name === undefined) return;
    for (const context of list(this.contextsOfName, name)) {
      if (!this.isOwn(context, own)) use(this.answerOf(context), this.cosine(context, query));
    }
  }

  /** Calls back with the cosine of each remembered context of an entity, under any name. */
  eachOfEntity(
    entity: number,
    query: ContextQuery,
    own: OwnShare | undefined,
    use: (cosine: number) => void,
  ): void {
    for (const context of this.contextsOfEntity.get(entity) ?? []) {
      if (!this.isOwn(context, own)) use(this.cosine(context, query));
    }
  }

  private isOwn(context: number, own: OwnShare | undefined): boolean {
    return own !== undefined && this.contextDocument?.[context] === own.document;
  }

  private answerOf(context: number): number {
    return this.pairEntity[this.columns.contextPair[context] as number] as number;
  }

  private cosine(context: number, query: ContextQuery): number {
    const { wordStart, words, weights } = this.columns;
    let product = 0;
    for (let i = wordStart[context] as number; i < (wordStart[context + 1] as number); i++) {
      product += query.weight(words[i] as number) * (weights[i] as number);
    }
    return product / 255;
  }
}

/** The words around one mention as a vector of length 1; one scratch, refilled for every mention. */
export class ContextQuery {
  private readonly weights: Float32Array;
  private filled: number[] = [];

  constructor(private readonly vocabulary: Vocabulary) {
    this.weights = new Float32Array(vocabulary.words.length);
  }

  fill(view: DocumentView, mention: Mention): void {
    for (const word of this.filled) this.weights[word] = 0;
    this.filled = [];
    for (const [word, weight] of contextWords(view, mention, this.vocabulary)) {
      this.weights[word] = weight;
      this.filled.push(word);
    }
  }

  weight(word: number): number {
    return this.weights[word] as number;
  }
}

/** Content words around a mention with idf x (1 + log count), scaled to length 1. */
function contextWords(view: DocumentView, { span }: Mention, vocabulary: Vocabulary): Map<number, number> {
  const first = tokenAt(view.starts, span.start);
  const past = tokenAt(view.starts, span.end);
  const { norms } = view.doc.tokens;
  const counts = new Map<number, { n: number; idf: number }>();
  const to = Math.min(norms.length, past + REACH);
  for (let i = Math.max(0, first - REACH); i < to; i++) {
    const idf = view.idf[i] as number;
    if ((i >= first && i < past) || idf <= CONTENT_IDF) continue;
    const word = vocabulary.index.get(norms[i] as string);
    if (word === undefined) continue;
    const seen = counts.get(word);
    if (seen) seen.n++;
    else counts.set(word, { n: 1, idf });
  }
  const weights = new Map<number, number>();
  let square = 0;
  for (const [word, { n, idf }] of counts) {
    const weight = idf * (1 + Math.log(n));
    weights.set(word, weight);
    square += weight * weight;
  }
  for (const [word, weight] of weights) weights.set(word, weight / Math.sqrt(square));
  return weights;
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

function placeOf(places: Map<string, number>, key: string): number {
  let place = places.get(key);
  if (place === undefined) {
    place = places.size;
    places.set(key, place);
  }
  return place;
}
