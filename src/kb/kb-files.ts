import type { CandidateColumns } from "./candidate-lists.js";
import { Column } from "./columns.js";
import { lengthsOf } from "./csr.js";
import {
  type ArrowColumns,
  ArrowFile,
  deflatedTextColumns,
  floatColumn,
  listColumn,
  packedColumn,
  packedTextColumns,
  writeArrow,
} from "./kb-arrow.js";
import { decodeAliasIndex, decodeTerms, indexColumns } from "./kb-index-file.js";
import { columnsOf, type KbColumns, type KbParts, partsOf } from "./kb-parts.js";
import { type PackedTextColumns, PackedTexts } from "./packed-texts.js";
import type { QuantizedRows } from "./quantized-rows.js";
import { readRange } from "./read-range.js";
import { addSteps, steps } from "./varints.js";

/** What meta.json says of the columns. */
export interface KbShape {
  readonly types: readonly string[];
  readonly entityVectorLength: number;
  readonly entities: number;
  readonly aliases: number;
  readonly candidates: number;
}

/** The files of columns; vectors.arrow is left out of a knowledge base without vectors. */
export const ARROW_FILES = [
  "entities.arrow",
  "vectors.arrow",
  "aliases.arrow",
  "candidates.arrow",
  "index.arrow",
] as const;
type ArrowFileName = (typeof ARROW_FILES)[number];
/** Packed texts, which are read when they are asked for. */
export const DESCRIPTIONS_FILE = "descriptions.bin";

/** Parts -> the bytes of each file. */
export function encodeParts(parts: KbParts, options: { readonly vectors: boolean }): Map<string, Uint8Array> {
  const columns = columnsOf(parts);
  const files: Map<string, Uint8Array> = encodeColumns(columns, options);
  return files.set(DESCRIPTIONS_FILE, new PackedTexts(columns.entities.descriptions, readRange).toBytes());
}

/** The bytes of each file, but for the descriptions' -> parts, which are views over them where they can. */
export async function decodeParts(
  files: ReadonlyMap<string, Uint8Array>,
  descriptions: PackedTextColumns,
  shape: KbShape,
): Promise<KbParts> {
  return partsOf(await decodeColumns(files, descriptions, shape), readRange);
}

/**
 * Columns -> the bytes of each file but the descriptions'. Numbers that are small, or a small step from the one before,
 * are varints, and nothing is written that is quickly made again: slots of hash tables, offsets, keys that are their
 * alias in small letters.
 */
function encodeColumns(
  columns: KbColumns,
  { vectors }: { readonly vectors: boolean },
): Map<ArrowFileName, Uint8Array> {
  const { entities, aliasStrings, candidates } = columns;
  const files = new Map<ArrowFileName, Uint8Array>();
  const put = (name: ArrowFileName, content: ArrowColumns): void => {
    files.set(name, writeArrow(content));
  };
  put("entities.arrow", {
    ...deflatedTextColumns("id", entities.ids),
    name_alias: packedColumn(steps(entities.names.rows)),
    ...packedTextColumns("name", entities.names.own),
    type: packedColumn(entities.typeCodes),
    freq: floatColumn(entities.freqs),
  });
  if (vectors && entities.quantized) put("vectors.arrow", quantizedColumns(entities.quantized));
  else if (vectors && entities.vectors) put("vectors.arrow", { value: listColumn(entities.vectors) });
  put("aliases.arrow", {
    ...deflatedTextColumns("alias", aliasStrings),
  });
  put("candidates.arrow", candidateColumns(candidates));
  put("index.arrow", indexColumns(columns));
  return files;
}

/** The bytes of each file -> columns. */
async function decodeColumns(
  files: ReadonlyMap<string, Uint8Array>,
  descriptions: PackedTextColumns,
  shape: KbShape,
): Promise<KbColumns> {
  const open = (name: ArrowFileName): ArrowFile => new ArrowFile(files.get(name) ?? new Uint8Array(0));
  const [entities, index] = [open("entities.arrow"), open("index.arrow")];
  const texts = Promise.all([
    entities.deflatedTexts("id", shape.entities),
    open("aliases.arrow").deflatedTexts("alias", shape.aliases),
  ]);
  texts.catch(() => undefined); // it is awaited below, unless something else fails first
  const terms = decodeTerms(index, shape.entities); // meanwhile
  const vectors = files.has("vectors.arrow") ? decodeVectors(open("vectors.arrow")) : NO_VECTORS;
  const candidates = decodeCandidates(open("candidates.arrow"), shape);
  const names = {
    rows: addSteps(entities.packed("name_alias", shape.entities)),
    own: entities.packedTexts("name"),
  };
  const [ids, aliasStrings] = await texts;
  return {
    entities: {
      ids,
      names,
      descriptions,
      types: shape.types,
      typeCodes: new Uint16Array(entities.packed("type", shape.entities)),
      freqs: entities.floats("freq", shape.entities),
      vectorLength: shape.entityVectorLength,
      ...vectors,
    },
    aliasStrings,
    candidates,
    aliases: decodeAliasIndex(index, aliasStrings),
    terms,
  };
}

/** Most aliases have one candidate, and are sure of it: its probability of 1 is left out, and a bit says so. */
function candidateColumns({ offsets, entities, priors }: CandidateColumns): ArrowColumns {
  const isSure = (alias: number): boolean => {
    const start = offsets[alias] as number;
    return (offsets[alias + 1] as number) - start === 1 && priors[start] === 1;
  };
  const lists = lengthsOf(offsets).map((length, alias) => 2 * length + (isSure(alias) ? 1 : 0));
  const unsure = new Column(new Float32Array(0));
  for (let alias = 0; alias < lists.length; alias++) {
    if (isSure(alias)) continue;
    for (let i = offsets[alias] as number; i < (offsets[alias + 1] as number); i++)
      unsure.push(priors[i] as number);
  }
  return {
    list: packedColumn(lists),
    entity: packedColumn(steps(entities)),
    prior: listColumn(unsure.values),
  };
}

function decodeCandidates(file: ArrowFile, { aliases, candidates }: KbShape): CandidateColumns {
  const lists = file.packed("list", aliases);
  const unsure = file.list("prior", Float32Array);
  const offsets = new Int32Array(aliases + 1);
  const priors = new Float32Array(candidates);
  let next = 0;
  for (let alias = 0; alias < aliases; alias++) {
    const list = lists[alias] as number;
    const isSure = (list & 1) === 1;
    const start = offsets[alias] as number;
    const end = start + (list >>> 1);
    for (let i = start; i < end; i++) priors[i] = isSure ? 1 : (unsure[next++] as number);
    offsets[alias + 1] = end;
  }
  return { offsets, entities: addSteps(file.packed("entity", candidates)), priors };
}

const NO_VECTORS = { vectors: undefined, quantized: undefined };

function quantizedColumns({ codes, scales, width }: QuantizedRows): ArrowColumns {
  const bytes = new Uint8Array(codes.buffer, codes.byteOffset, codes.length);
  return { code: listColumn(bytes), scale: listColumn(scales), width: listColumn(Int32Array.of(width)) };
}

function decodeVectors(file: ArrowFile): Pick<KbColumns["entities"], "vectors" | "quantized"> {
  if (file.has("value")) return { ...NO_VECTORS, vectors: file.list("value", Float32Array) };
  const bytes = file.list("code", Uint8Array);
  const codes = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const width = file.list("width", Int32Array)[0] as number;
  return { ...NO_VECTORS, quantized: { codes, scales: file.list("scale", Float32Array), width } };
}
