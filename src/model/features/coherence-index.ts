import type { InMemoryLookupKB } from "../../kb/in-memory-lookup-kb.js";
import type { Mention } from "../mention.js";

/** Candidates less likely than this say nothing of the document. */
const LOWEST_PRIOR = 0.02;
/** Neighbouring mentions that count as near, on each side, and the farthest, in characters. */
const NEAR_MENTIONS = 4;
const NEAR_CHARACTERS = 120;
/** Names of more words are not searched for shorter ones. */
const LONGEST_NAME = 12;

interface Bag {
  readonly terms: Int32Array;
  readonly weights: Float32Array;
  /** Entity -> its best prior among the mentions of this name. */
  readonly entities: ReadonlyMap<number, number>;
}

/** What the candidates of a document's names have in common: each name votes once, its candidates share the vote by prior. */
export class Coherence {
  private readonly documentWeight: Float32Array;
  private readonly ownWeight: Float32Array;
  private readonly nearWeight: Float32Array;
  /** Terms whose `nearWeight` is above 0; scratch. */
  private readonly nearTerms: Int32Array;
  private nearCount = 0;
  /** Scratch of one bag, 0 between two; double, as sums are rounded once. */
  private readonly bagWeight: Float64Array;
  private readonly bagTerms: Int32Array;
  /** Terms whose `documentWeight` is above 0. */
  private readonly touched: Int32Array;
  private touchedCount = 0;
  private bags = new Map<string, Bag>();
  private entityWeight = new Map<number, number>();
  private own: Bag | undefined;
  /** Candidates of all longer names that contain a name, by name. */
  private lent = new Map<string, Set<number>>();
  private lentToOwn: ReadonlySet<number> | undefined;

  constructor(terms: number) {
    this.documentWeight = new Float32Array(terms);
    this.ownWeight = new Float32Array(terms);
    this.nearWeight = new Float32Array(terms);
    this.bagWeight = new Float64Array(terms);
    this.nearTerms = new Int32Array(terms);
    this.bagTerms = new Int32Array(terms);
    this.touched = new Int32Array(terms);
  }

  /** Takes in a document, before its mentions. */
  enterDocument(kb: InMemoryLookupKB, mentions: readonly Mention[]): void {
    for (let i = 0; i < this.touchedCount; i++) this.documentWeight[this.touched[i] as number] = 0;
    this.touchedCount = 0;
    this.leaveMention();
    this.bags = new Map();
    this.entityWeight = new Map();
    const byKey = new Map<string, Mention[]>();
    for (const mention of mentions) {
      const same = byKey.get(mention.key);
      if (same) same.push(mention);
      else byKey.set(mention.key, [mention]);
    }
    this.lent = candidatesOfLonger(byKey);
    for (const [key, same] of byKey) {
      const bag = this.makeBag(kb, same);
      this.bags.set(key, bag);
      for (let i = 0; i < bag.terms.length; i++) {
        const term = bag.terms[i] as number;
        if (this.documentWeight[term] === 0) this.touched[this.touchedCount++] = term;
        this.documentWeight[term] = (this.documentWeight[term] as number) + (bag.weights[i] as number);
      }
      for (const [entity, weight] of bag.entities) {
        this.entityWeight.set(entity, (this.entityWeight.get(entity) ?? 0) + weight);
      }
    }
  }

  /** Takes in one mention: its own name's vote is set aside, its neighbours' candidates are marked. */
  enterMention(kb: InMemoryLookupKB, mentions: readonly Mention[], index: number): void {
    this.leaveMention();
    const mention = mentions[index] as Mention;
    this.own = this.bags.get(mention.key);
    this.lentToOwn = this.lent.get(mention.key);
    const own = this.own as Bag;
    for (let i = 0; i < own.terms.length; i++)
      this.ownWeight[own.terms[i] as number] = own.weights[i] as number;
    const from = Math.max(0, index - NEAR_MENTIONS);
    const to = Math.min(mentions.length, index + NEAR_MENTIONS + 1);
    for (let j = from; j < to; j++) {
      const other = mentions[j] as Mention;
      const distance = Math.abs(other.span.start - mention.span.start);
      if (other.key !== mention.key && distance <= NEAR_CHARACTERS)
        this.markNear(kb, other, 2 / (1 + distance / 40));
    }
  }

  /** Votes of the document's other names for a term. */
  ofDocument(term: number): number {
    return Math.max(0, (this.documentWeight[term] as number) - (this.ownWeight[term] as number));
  }
  /** The strongest vote of a neighbouring mention for a term. */
  ofNeighbours(term: number): number {
    return this.nearWeight[term] as number;
  }
  /** How much other names of the document mean the same entity, at most 1. */
  ofEntity(entity: number): number {
    const own = this.own?.entities.get(entity) ?? 0;
    return Math.min(1, (this.entityWeight.get(entity) ?? 0) - own);
  }

  /** Whether the entity is a candidate of a longer name in the document that contains this mention's. */
  isOfLongerName(entity: number): boolean {
    return this.lentToOwn?.has(entity) ?? false;
  }

  private leaveMention(): void {
    if (this.own) for (const term of this.own.terms) this.ownWeight[term] = 0;
    this.own = undefined;
    for (let i = 0; i < this.nearCount; i++) this.nearWeight[this.nearTerms[i] as number] = 0;
    this.nearCount = 0;
  }

  private makeBag(kb: InMemoryLookupKB, mentions: readonly Mention[]): Bag {
    const entities = new Map<number, number>();
    for (const { candidates } of mentions) {
      for (let c = 0; c < candidates.entities.length; c++) {
        const prior = candidates.priors[c] as number;
        const entity = candidates.entities[c] as number;
        if (prior >= LOWEST_PRIOR) entities.set(entity, Math.max(prior, entities.get(entity) ?? 0));
      }
    }
    let mass = 0;
    for (const weight of entities.values()) mass += weight;
    let met = 0;
    const { bagWeight, bagTerms } = this;
    const { offsets, entityTerms } = kb.terms;
    for (const [entity, weight] of entities) {
      const share = weight / Math.max(mass, 1);
      const end = offsets[entity + 1] as number;
      for (let k = offsets[entity] as number; k < end; k++) {
        const term = entityTerms.at(k);
        const sum = bagWeight[term] as number;
        if (sum === 0) bagTerms[met++] = term;
        bagWeight[term] = sum + share;
      }
    }
    const terms = bagTerms.slice(0, met);
    const weights = new Float32Array(met);
    for (let i = 0; i < met; i++) {
      const term = terms[i] as number;
      weights[i] = bagWeight[term] as number;
      bagWeight[term] = 0;
    }
    return { terms, weights, entities };
  }

  private markNear(kb: InMemoryLookupKB, { candidates }: Mention, nearness: number): void {
    const { offsets, entityTerms } = kb.terms;
    const { nearWeight, nearTerms } = this;
    for (let c = 0; c < candidates.entities.length; c++) {
      const prior = candidates.priors[c] as number;
      if (prior < LOWEST_PRIOR) continue;
      const entity = candidates.entities[c] as number;
      const weight = Math.fround(prior * nearness);
      const end = offsets[entity + 1] as number;
      for (let k = offsets[entity] as number; k < end; k++) {
        const term = entityTerms.at(k);
        const known = nearWeight[term] as number;
        if (known >= weight) continue;
        if (known === 0) nearTerms[this.nearCount++] = term;
        nearWeight[term] = weight;
      }
    }
  }
}

/** For each name the candidates of the longer names that contain it, from word to word. */
function candidatesOfLonger(byKey: ReadonlyMap<string, readonly Mention[]>): Map<string, Set<number>> {
  const lent = new Map<string, Set<number>>();
  for (const [key, mentions] of byKey) {
    if (!key.includes(" ")) continue;
    for (const part of partsOf(key)) {
      if (!byKey.has(part)) continue;
      const entities = lent.get(part) ?? new Set<number>();
      for (const { candidates } of mentions) for (const entity of candidates.entities) entities.add(entity);
      lent.set(part, entities);
    }
  }
  return lent;
}

/** All shorter runs of a name's words; very long names count as one word. */
function partsOf(key: string): Set<string> {
  const words = key.split(" ");
  const parts = new Set<string>();
  if (words.length > LONGEST_NAME) return parts;
  for (let from = 0; from < words.length; from++) {
    for (let to = from + 1; to <= words.length; to++) {
      if (to - from < words.length) parts.add(words.slice(from, to).join(" "));
    }
  }
  parts.delete("");
  return parts;
}
