import { AliasIndex } from "./alias-index.js";
import type { CandidateColumns } from "./candidate-lists.js";
import type { EntityColumns } from "./entity-table.js";
import {
  type ArrowColumns,
  ArrowFile,
  listColumn,
  numberColumn,
  stringColumn,
  writeArrow,
} from "./kb-arrow.js";
import { StringColumn } from "./string-column.js";
import { StringTable, type StringTableColumns } from "./string-table.js";
import { TermIndex } from "./term-index.js";

/** Everything that a knowledge base is made of. */
export interface KbParts {
  readonly entities: EntityColumns;
  readonly aliasStrings: StringTable;
  readonly candidates: CandidateColumns;
  readonly aliases: AliasIndex;
  readonly terms: TermIndex;
}

/** What meta.json says of the parts. */
export interface KbShape {
  readonly types: readonly string[];
  readonly entityVectorLength: number;
}

/** The files of a knowledge base; vectors.arrow is left out when it has no vectors. */
export const ARROW_FILES = [
  "entities.arrow",
  "vectors.arrow",
  "aliases.arrow",
  "candidates.arrow",
  "index.arrow",
] as const;
export type ArrowFileName = (typeof ARROW_FILES)[number];

/** Parts -> the bytes of each file. */
export function encodeParts(
  parts: KbParts,
  { vectors }: { readonly vectors: boolean },
): Map<ArrowFileName, Uint8Array> {
  const { entities, aliasStrings, candidates } = parts;
  const files = new Map<ArrowFileName, Uint8Array>();
  files.set(
    "entities.arrow",
    writeArrow({
      id: stringColumn(entities.ids.toColumns()),
      name: stringColumn(entities.names.toColumns()),
      description: stringColumn(entities.descriptions.toColumns()),
      type: numberColumn(entities.typeCodes),
      freq: numberColumn(entities.freqs),
    }),
  );
  if (vectors && entities.vectors)
    files.set("vectors.arrow", writeArrow({ value: numberColumn(entities.vectors) }));
  files.set(
    "aliases.arrow",
    writeArrow({
      alias: stringColumn(aliasStrings.toColumns()),
      candidates_end: numberColumn(candidates.offsets.subarray(1)),
    }),
  );
  files.set(
    "candidates.arrow",
    writeArrow({ entity: numberColumn(candidates.entities), prior: numberColumn(candidates.priors) }),
  );
  files.set("index.arrow", writeArrow(indexColumns(parts)));
  return files;
}

/** The bytes of each file -> parts that are views over them. */
export function decodeParts(files: ReadonlyMap<string, Uint8Array>, shape: KbShape): KbParts {
  const open = (name: ArrowFileName): ArrowFile => new ArrowFile(files.get(name) ?? new Uint8Array(0));
  const entities = open("entities.arrow");
  const aliases = open("aliases.arrow");
  const candidates = open("candidates.arrow");
  const index = open("index.arrow");
  const slots = (name: string): Int32Array => index.list(name, Int32Array);
  const aliasStrings = StringTable.fromColumns({ ...aliases.strings("alias"), slots: slots("alias_slots") });
  const offsets = new Int32Array(aliases.rows + 1);
  offsets.set(aliases.numbers("candidates_end", Int32Array), 1);
  return {
    entities: {
      ids: StringTable.fromColumns({ ...entities.strings("id"), slots: slots("entity_slots") }),
      names: StringColumn.fromColumns(entities.strings("name")),
      descriptions: StringColumn.fromColumns(entities.strings("description")),
      types: shape.types,
      typeCodes: entities.numbers("type", Uint16Array),
      freqs: entities.numbers("freq", Float32Array),
      vectorLength: shape.entityVectorLength,
      vectors: files.has("vectors.arrow") ? open("vectors.arrow").numbers("value", Float32Array) : undefined,
    },
    aliasStrings,
    candidates: {
      offsets,
      entities: candidates.numbers("entity", Int32Array),
      priors: candidates.numbers("prior", Float32Array),
    },
    ...decodeIndices(index, aliasStrings),
  };
}

function indexColumns({ entities, aliasStrings, aliases, terms }: KbParts): ArrowColumns {
  const { keys, aliases: keyAliases, partials, trigrams } = aliases.toParts();
  return {
    entity_slots: listColumn(entities.ids.toColumns().slots),
    alias_slots: listColumn(aliasStrings.toColumns().slots),
    ...tableColumns("key", keys.toColumns()),
    key_alias_offsets: listColumn(keyAliases.offsets),
    key_aliases: listColumn(keyAliases.values),
    partial_offsets: listColumn(partials.offsets),
    partial_keys: listColumn(partials.values),
    gram_codes: listColumn(trigrams.codes),
    gram_slots: listColumn(trigrams.slots),
    gram_offsets: listColumn(trigrams.offsets),
    gram_keys: listColumn(trigrams.postings),
    key_gram_counts: listColumn(trigrams.gramCounts),
    ...tableColumns("term", terms.terms.toColumns()),
    entity_term_offsets: listColumn(terms.offsets),
    entity_terms: listColumn(terms.entityTerms),
    name_term_counts: listColumn(terms.nameTermCount),
    document_frequencies: listColumn(terms.documentFrequency),
  };
}

function decodeIndices(index: ArrowFile, aliasStrings: StringTable): Pick<KbParts, "aliases" | "terms"> {
  const numbers = (name: string): Int32Array => index.list(name, Int32Array);
  const table = (name: string): StringTable =>
    StringTable.fromColumns({
      bytes: index.list(`${name}_bytes`, Uint8Array),
      offsets: numbers(`${name}_offsets`),
      slots: numbers(`${name}_slots`),
    });
  const aliases = new AliasIndex(aliasStrings, {
    keys: table("key"),
    aliases: { offsets: numbers("key_alias_offsets"), values: numbers("key_aliases") },
    partials: { offsets: numbers("partial_offsets"), values: numbers("partial_keys") },
    trigrams: {
      codes: numbers("gram_codes"),
      slots: numbers("gram_slots"),
      offsets: numbers("gram_offsets"),
      postings: numbers("gram_keys"),
      gramCounts: index.list("key_gram_counts", Uint16Array),
    },
  });
  const terms = new TermIndex({
    terms: table("term"),
    offsets: numbers("entity_term_offsets"),
    entityTerms: numbers("entity_terms"),
    nameTermCount: index.list("name_term_counts", Uint16Array),
    documentFrequency: numbers("document_frequencies"),
  });
  return { aliases, terms };
}

function tableColumns(name: string, { bytes, offsets, slots }: StringTableColumns): ArrowColumns {
  return {
    [`${name}_bytes`]: listColumn(bytes),
    [`${name}_offsets`]: listColumn(offsets),
    [`${name}_slots`]: listColumn(slots),
  };
}
