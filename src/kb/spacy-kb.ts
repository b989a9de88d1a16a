import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LinkwrightError, linkwrightError } from "../errors.js";
import { isSymbol, StringStore, stringId } from "../text/string-store.js";
import { LARGEST_SUM } from "./alias-table.js";
import { InMemoryLookupKB } from "./in-memory-lookup-kb.js";
import { foreignFile, kindOfPath, replaceFolder } from "./replace-folder.js";
import { decodeContents, encodeContents, type SpacyAlias, type SpacyEntity } from "./spacy-kb-contents.js";

const CONTENTS = "contents";
const STRINGS = "strings.json";

/** Whether a folder looks like one that `InMemoryLookupKB.to_disk` wrote. */
export function isSpacyKbFolder(dir: string): boolean {
  return existsSync(join(dir, CONTENTS)) && existsSync(join(dir, STRINGS));
}

/**
 * Reads the folder that spaCy's `InMemoryLookupKB.to_disk` writes. It has no names and descriptions: the name of an
 * entity is its id. An alias that has an entity twice gets it once, with the sum of its probabilities. Vectors that are
 * all zeros count as none.
 *
 * @throws E145 a file is missing, cut, altered or of something else, E928 not a folder, E929 not there, L227 spaCy wrote
 * other vectors than it was given
 */
export async function readSpacyKb(dir: string): Promise<InMemoryLookupKB> {
  const kind = await kindOfPath(dir);
  if (kind === "nothing") throw linkwrightError("E929", { path: dir });
  if (kind === "file") throw linkwrightError("E928", { path: dir });
  const contents = decodeContents(await fileOf(dir, CONTENTS), join(dir, CONTENTS));
  const strings = new StringStore(parseStrings(await fileOf(dir, STRINGS), join(dir, STRINGS)));
  const stringOf = (id: bigint, what: string): string => {
    const text = strings.get(id);
    if (text) return text;
    throw broken(dir, `${what} is ${id}, which is the hash of none of the strings in ${STRINGS}`);
  };
  const kb = new InMemoryLookupKB({ entityVectorLength: contents.vectorLength });
  const hasVectors = contents.entities.some(({ vector }) => vector.some((value) => value !== 0));
  for (const [row, { id, freq, vector }] of contents.entities.entries()) {
    const entity = stringOf(id, `entity ${row}`);
    if (kb.containsEntity(entity)) throw broken(dir, `the entity ${JSON.stringify(entity)} is there twice`);
    adding(dir, () => kb.addEntity(entity, { name: entity, freq, vector: hasVectors ? vector : undefined }));
  }
  const ids = kb.getEntityStrings();
  for (const [i, { alias: hash, ...candidates }] of contents.aliases.entries()) {
    const alias = stringOf(hash, `alias ${i}`);
    if (kb.containsAlias(alias)) throw broken(dir, `the alias ${JSON.stringify(alias)} is there twice`);
    const { rows, probabilities } = withoutRepeats(candidates);
    const entities = rows.map((row) => ids[row] as string);
    adding(dir, () => kb.addAlias(alias, entities, withinLimit(probabilities)));
  }
  return kb;
}

/**
 * Writes a folder that spaCy's `InMemoryLookupKB.from_disk` reads. Names, descriptions and types have no place in it.
 * `dir` is at all times what it was before, or complete.
 *
 * @throws E928 `dir` is a file, L219 `dir` holds something else, E146 can't write
 */
export async function writeSpacyKb(kb: InMemoryLookupKB, dir: string): Promise<void> {
  const kind = await kindOfPath(dir);
  if (kind === "file") throw linkwrightError("E928", { path: dir });
  const found = kind === "folder" ? await foreignFile(dir, [CONTENTS, STRINGS]) : undefined;
  if (found) throw linkwrightError("L219", { path: dir, found });
  const ids = kb.getEntityStrings();
  const aliases = kb.getAliasStrings();
  const contents = encodeContents({
    vectorLength: kb.entityVectorLength,
    entities: ids.map((id, row) => entityOf(kb, id, row)),
    aliases: aliases.map((alias, row) => aliasOf(kb, alias, row)),
  });
  const strings = [...new Set([...ids, ...aliases])].filter((text) => !isSymbol(text)).sort();
  const files = new Map<string, Uint8Array | string>([
    [CONTENTS, contents],
    [STRINGS, JSON.stringify(strings)],
  ]);
  await replaceFolder(dir, files).catch((error: Error) => {
    throw linkwrightError("E146", { path: dir, why: error.message }, error);
  });
}

function entityOf(kb: InMemoryLookupKB, id: string, row: number): SpacyEntity {
  return { id: stringId(id), freq: kb.freq[row] as number, vector: kb.getVector(id) };
}

function aliasOf(kb: InMemoryLookupKB, alias: string, row: number): SpacyAlias {
  const [start, end] = [kb.candidateStart(row), kb.candidateEnd(row)];
  return {
    alias: stringId(alias),
    rows: [...kb.candidateEntities.subarray(start, end)],
    probabilities: [...kb.candidatePriors.subarray(start, end)],
  };
}

function withoutRepeats({
  rows,
  probabilities,
}: Omit<SpacyAlias, "alias">): Pick<SpacyAlias, "rows" | "probabilities"> {
  const sums = new Map<number, number>();
  for (const [i, row] of rows.entries()) sums.set(row, (sums.get(row) ?? 0) + (probabilities[i] as number));
  return { rows: [...sums.keys()], probabilities: [...sums.values()] };
}

/** spaCy adds up before it rounds to single precision: what was no more than the limit may be a little more here. */
function withinLimit(probabilities: readonly number[]): readonly number[] {
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  if (sum <= LARGEST_SUM || sum > LARGEST_SUM * (1 + 2 ** -23)) return probabilities;
  const scale = (LARGEST_SUM / sum) * (1 - 2 ** -40); // too little to change a number of single precision
  return probabilities.map((probability) => probability * scale);
}

function parseStrings(bytes: Uint8Array, path: string): string[] {
  let strings: unknown;
  try {
    strings = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw broken(path, (error as Error).message, error);
  }
  if (Array.isArray(strings) && strings.every((text) => typeof text === "string")) return strings;
  throw broken(path, "it holds no list of strings");
}

async function fileOf(dir: string, name: string): Promise<Uint8Array> {
  return readFile(join(dir, name)).catch((error: Error) => {
    throw broken(dir, `its file ${name} can't be read (${error.message})`, error);
  });
}

/** Runs `add`; what a knowledge base refuses is an error of its file. */
function adding(dir: string, add: () => void): void {
  try {
    add();
  } catch (error) {
    if (!(error instanceof LinkwrightError)) throw error;
    throw broken(dir, error.message.replace(`[${error.code}] `, "").replace(/\.$/, ""), error);
  }
}

function broken(path: string, why: string, cause?: unknown): LinkwrightError {
  return linkwrightError("E145", { path, why }, cause);
}
