import { AliasIndex } from "./alias-index.js";
import type { CandidateColumns } from "./candidate-lists.js";
import { type CompactColumns, CompactIntegers } from "./compact-integers.js";
import type { Csr } from "./csr.js";
import type { EntityColumns } from "./entity-table.js";
import { type NameColumns, NamesByAlias } from "./names-by-alias.js";
import {
  type PackedTextColumns,
  PackedTexts,
  packTexts,
  type ReadRange,
  readBlocks,
} from "./packed-texts.js";
import { StringTable, type StringTableColumns } from "./string-table.js";
import { TermIndex, type TermIndexParts } from "./term-index.js";
import type { TrigramColumns } from "./trigram-index.js";

/** Everything that a knowledge base is made of. */
export interface KbParts {
  readonly entities: EntityColumns;
  readonly aliasStrings: StringTable;
  readonly candidates: CandidateColumns;
  readonly aliases: AliasIndex;
  readonly terms: TermIndex;
}

/** The same as plain objects of typed arrays: what files are made of, and what threads share. */
export interface KbColumns {
  readonly entities: Omit<EntityColumns, "ids" | "names" | "descriptions"> & {
    readonly ids: StringTableColumns;
    readonly names: NameColumns;
    readonly descriptions: PackedTextColumns;
  };
  readonly aliasStrings: StringTableColumns;
  readonly candidates: CandidateColumns;
  readonly aliases: {
    readonly keys: StringTableColumns;
    readonly aliases: Csr;
    readonly partials: Csr;
    readonly trigrams: TrigramColumns;
  };
  readonly terms: Omit<TermIndexParts, "terms" | "entityTerms"> & {
    readonly terms: StringTableColumns;
    readonly entityTerms: CompactColumns;
  };
}

/** Parts -> columns. Texts that are in memory are packed. */
export function columnsOf({ entities, aliasStrings, candidates, aliases, terms }: KbParts): KbColumns {
  const { names, descriptions } = entities;
  const { keys, ...indices } = aliases.toParts();
  return {
    entities: {
      ...entities,
      ids: entities.ids.toColumns(),
      names: NamesByAlias.of(names, aliasStrings).toColumns(),
      descriptions: descriptions instanceof PackedTexts ? descriptions.columns : packed(descriptions),
    },
    aliasStrings: aliasStrings.toColumns(),
    candidates,
    aliases: { keys: keys.toColumns(), ...indices },
    terms: { ...terms.toParts(), terms: terms.terms.toColumns(), entityTerms: terms.entityTerms.toColumns() },
  };
}

/**
 * Columns -> parts that are views over them.
 * @param readRange how descriptions that are in a file are read
 */
export function partsOf(columns: KbColumns, readRange?: ReadRange): KbParts {
  const { entities, candidates, aliases, terms } = columns;
  const aliasStrings = StringTable.fromColumns(columns.aliasStrings);
  const keys = StringTable.fromColumns(aliases.keys);
  return {
    entities: {
      ...entities,
      ids: StringTable.fromColumns(entities.ids),
      names: new NamesByAlias(aliasStrings, entities.names),
      descriptions: new PackedTexts(entities.descriptions, readRange),
    },
    aliasStrings,
    candidates,
    aliases: new AliasIndex(aliasStrings, { ...aliases, keys }),
    terms: new TermIndex({
      ...terms,
      terms: StringTable.fromColumns(terms.terms),
      entityTerms: new CompactIntegers(terms.entityTerms),
    }),
  };
}

function packed(texts: EntityColumns["descriptions"]): PackedTextColumns {
  const source = packTexts(texts);
  return { size: texts.size, blocks: readBlocks(source, texts.size), source };
}
