import { groupBy, lengthsOf } from "./csr.js";
import { GramTable } from "./gram-table.js";
import {
  type ArrowColumns,
  type ArrowFile,
  listColumn,
  packedColumn,
  packedTextColumns,
  shortColumns,
} from "./kb-arrow.js";
import type { KbColumns } from "./kb-parts.js";
import { packKeys, unpackKeys } from "./key-column.js";
import type { StringColumns } from "./string-column.js";

/** The columns of index.arrow. */
export function indexColumns({ aliasStrings, aliases, terms }: KbColumns): ArrowColumns {
  const { keys, partials, trigrams } = aliases;
  const { backward, oddRows, odd } = packKeys(keys, aliasStrings, keyOfAlias(aliases.aliases));
  return {
    alias_key: listColumn(backward),
    odd_key_row: listColumn(oddRows),
    ...packedTextColumns("odd_key", odd),
    partial_lengths: packedColumn(lengthsOf(partials.offsets)),
    partial_keys: packedColumn(partials.values),
    gram_codes: listColumn(trigrams.codes),
    gram_lengths: packedColumn(lengthsOf(trigrams.offsets)),
    gram_keys: listColumn(trigrams.postings),
    key_gram_counts: packedColumn(trigrams.gramCounts),
    ...packedTextColumns("term", terms.terms),
    entity_term_counts: packedColumn(lengthsOf(terms.offsets)),
    ...shortColumns("entity_terms", terms.entityTerms),
    name_term_counts: packedColumn(terms.nameTermCount),
    document_frequencies: packedColumn(terms.documentFrequency),
  };
}

/** The words of the entities. */
export function decodeTerms(index: ArrowFile, entities: number): KbColumns["terms"] {
  return {
    terms: index.packedTexts("term"),
    offsets: index.offsets("entity_term_counts", entities),
    entityTerms: index.shorts("entity_terms"),
    nameTermCount: new Uint16Array(index.packed("name_term_counts", entities)),
    documentFrequency: index.packed("document_frequencies"),
  };
}

/** The ways to aliases. */
export function decodeAliasIndex(index: ArrowFile, aliasStrings: StringColumns): KbColumns["aliases"] {
  const packedKeys = {
    backward: index.list("alias_key", Uint8Array),
    oddRows: index.list("odd_key_row", Uint8Array),
    odd: index.packedTexts("odd_key"),
  };
  const { keys, keyOf } = unpackKeys(packedKeys, aliasStrings);
  const size = keys.offsets.length - 1;
  const partials = index.offsets("partial_lengths");
  return {
    keys,
    aliases: groupBy(keyOf, size),
    partials: { offsets: partials, values: index.packed("partial_keys", partials.at(-1)) },
    trigrams: {
      ...GramTable.fromCodes(index.list("gram_codes", Int32Array)).toColumns(),
      offsets: index.offsets("gram_lengths"),
      postings: index.list("gram_keys", Uint8Array).slice(), // so that the file's bytes can go
      gramCounts: new Uint16Array(index.packed("key_gram_counts", size)),
    },
  };
}

/** Aliases by key turned to the key of each alias. */
function keyOfAlias({ offsets, values }: KbColumns["aliases"]["aliases"]): Int32Array {
  const keyOf = new Int32Array(values.length);
  for (let key = 0; key + 1 < offsets.length; key++) {
    for (let i = offsets[key] as number; i < (offsets[key + 1] as number); i++)
      keyOf[values[i] as number] = key;
  }
  return keyOf;
}
