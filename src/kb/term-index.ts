import { tokenize } from "../text/tokenizer.js";
import { withCapacity } from "./columns.js";
import { type CompactIntegers, CompactIntegersBuilder } from "./compact-integers.js";
import { increment } from "./csr.js";
import type { TextColumn } from "./string-column.js";
import { StringTable } from "./string-table.js";

/** The parts of an index. */
export interface TermIndexParts {
  readonly terms: StringTable;
  readonly offsets: Int32Array;
  readonly entityTerms: CompactIntegers;
  readonly nameTermCount: Uint16Array;
  readonly documentFrequency: Int32Array;
}

const MOST_NAME_TERMS = 0xffff;

/** The vocabulary of the entities' names and descriptions: which words, normalised, each entity has. */
export class TermIndex implements TermIndexParts {
  /** The normalised words. */
  readonly terms: StringTable;
  /** Where each entity's terms begin in `entityTerms`. // [entities + 1] */
  readonly offsets: Int32Array;
  /** Different terms of each entity in order of appearance: those of its name, then those only of its description. */
  readonly entityTerms: CompactIntegers;
  /** How many of an entity's terms are its name's. // [entities] */
  readonly nameTermCount: Uint16Array;
  /** How many entities have a term. // [terms] */
  readonly documentFrequency: Int32Array;

  constructor(parts: TermIndexParts) {
    this.terms = parts.terms;
    this.offsets = parts.offsets;
    this.entityTerms = parts.entityTerms;
    this.nameTermCount = parts.nameTermCount;
    this.documentFrequency = parts.documentFrequency;
  }

  toParts(): TermIndexParts {
    const { terms, offsets, entityTerms, nameTermCount, documentFrequency } = this;
    return { terms, offsets, entityTerms, nameTermCount, documentFrequency };
  }

  /** @param names, descriptions one of each an entity */
  static build(names: TextColumn, descriptions: TextColumn): TermIndex {
    const terms = new StringTable();
    const entityTerms = new CompactIntegersBuilder();
    const offsets = new Int32Array(names.size + 1);
    const nameTermCount = new Uint16Array(names.size);
    let documentFrequency: Int32Array = new Int32Array(0);
    let lastEntity: Int32Array = new Int32Array(0);
    const addTerms = (text: string, entity: number): void => {
      for (const norm of tokenize(text).norms) {
        const term = terms.add(norm);
        documentFrequency = withCapacity(documentFrequency, term + 1);
        lastEntity = withCapacity(lastEntity, term + 1);
        if (lastEntity[term] === entity + 1) continue;
        lastEntity[term] = entity + 1;
        increment(documentFrequency, term);
        entityTerms.push(term);
      }
    };
    for (let entity = 0; entity < names.size; entity++) {
      addTerms(names.at(entity), entity);
      nameTermCount[entity] = Math.min(MOST_NAME_TERMS, entityTerms.size - (offsets[entity] as number));
      addTerms(descriptions.at(entity), entity);
      offsets[entity + 1] = entityTerms.size;
    }
    return new TermIndex({
      terms,
      offsets,
      entityTerms: entityTerms.build(),
      nameTermCount,
      documentFrequency: documentFrequency.slice(0, terms.size),
    });
  }
}
