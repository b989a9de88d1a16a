import type { InMemoryLookupKB } from "../../kb/in-memory-lookup-kb.js";
import type { Lexicon } from "../lexicon.js";
import { CONTENT_IDF, type Evidence } from "./evidence.js";
import { jaccard, trigramsOf } from "./trigrams.js";

/** What of an entity stands in a document, around whatever mention. */
export interface DocumentEntity {
  readonly name: string;
  /** The same in lower case. */
  readonly lowerName: string;
  /** Sum of idf over all terms of the entity. */
  readonly mass: number;
  /** How many different words its name has. */
  readonly nameTerms: number;
  /** Its terms that stand in the document, in their order: the first `nameTermsThere` are its name's. */
  readonly terms: readonly number[];
  readonly nameTermsThere: number;
  /** Pairs of content terms that follow each other in the entity and both stand in the document, one after the other. */
  readonly bigrams: readonly number[];
}

/** The candidates of a document's mentions; the same ones come back from mention to mention. */
export class DocumentEntities {
  private known = new Map<number, DocumentEntity>();
  /** How much a surface is like a name in lower case, by the name, by the surface. */
  private likeness = new Map<string, Map<string, number>>();

  constructor(
    private readonly kb: InMemoryLookupKB,
    private readonly lexicon: Lexicon,
    private readonly evidence: Evidence,
  ) {}

  /** Takes in a document, after {@link Evidence} has. */
  enterDocument(): void {
    // Not clear(): V8 ties what a Map was to what it becomes, so that documents would stay until its whole heap is collected.
    this.known = new Map();
    this.likeness = new Map();
  }

  get(entity: number): DocumentEntity {
    let known = this.known.get(entity);
    if (known === undefined) {
      known = this.read(entity);
      this.known.set(entity, known);
    }
    return known;
  }

  /** Jaccard similarity of the character trigrams of an entity's name and a surface, in lower case. */
  nameLikeness({ lowerName }: DocumentEntity, surface: string): number {
    let ofSurface = this.likeness.get(surface);
    if (!ofSurface) {
      ofSurface = new Map();
      this.likeness.set(surface, ofSurface);
    }
    let known = ofSurface.get(lowerName);
    if (known === undefined) {
      known = jaccard(trigramsOf(surface.toLowerCase()), trigramsOf(lowerName));
      ofSurface.set(lowerName, known);
    }
    return known;
  }

  private read(entity: number): DocumentEntity {
    const { evidence } = this;
    const { offsets, entityTerms, nameTermCount } = this.kb.terms;
    const { termIdf } = this.lexicon;
    const from = offsets[entity] as number;
    const to = offsets[entity + 1] as number;
    const nameEnd = from + (nameTermCount[entity] as number);
    const terms: number[] = [];
    const bigrams: number[] = [];
    let mass = 0;
    let nameTermsThere = 0;
    let previous = -1;
    for (let k = from; k < to; k++) {
      const term = entityTerms.at(k);
      const idf = termIdf[term] as number;
      const isThere = evidence.inDocument(term);
      mass += idf;
      if (k === nameEnd) previous = -1;
      if (isThere) {
        terms.push(term);
        if (k < nameEnd) nameTermsThere++;
      }
      if (idf < CONTENT_IDF) continue;
      if (isThere && previous >= 0) bigrams.push(previous, term);
      previous = isThere ? term : -1;
    }
    const name = this.kb.name(entity);
    const nameTerms = nameEnd - from;
    return {
      name,
      lowerName: name.toLowerCase(),
      mass,
      nameTerms,
      terms,
      nameTermsThere,
      bigrams,
    };
  }
}
