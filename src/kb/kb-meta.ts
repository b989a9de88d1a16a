import { linkwrightError } from "../errors.js";
import { ARROW_FILES, DESCRIPTIONS_FILE } from "./kb-files.js";
import type { KbParts } from "./kb-parts.js";
import { sha256 } from "./native.js";

export const KB_FORMAT = "linkwright-kb";
export const KB_VERSION = 2;
export const META_FILE = "meta.json";

export interface FileMeta {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** meta.json, which has no date, so that the same knowledge base makes the same files. */
export interface KbMeta {
  readonly format: string;
  readonly version: number;
  readonly entity_vector_length: number;
  readonly entities: number;
  readonly aliases: number;
  readonly candidates: number;
  /** The entity types that entities.arrow counts by. */
  readonly types: readonly string[];
  readonly files: Readonly<Record<string, FileMeta>>;
  /** Of the JSON of all of the above, so that meta.json can't be altered unseen either. */
  readonly sha256: string;
}

/** The meta.json of parts and their files. */
export function makeMeta(parts: KbParts, files: ReadonlyMap<string, Uint8Array>): KbMeta {
  const { entities, aliasStrings, candidates } = parts;
  const fileMetas = Array.from(files, ([name, bytes]): [string, FileMeta] => {
    return [name, { bytes: bytes.length, sha256: sha256(bytes) }];
  });
  const content = {
    format: KB_FORMAT,
    version: KB_VERSION,
    entity_vector_length: entities.vectorLength,
    entities: entities.ids.size,
    aliases: aliasStrings.size,
    candidates: candidates.entities.length,
    types: entities.types,
    files: Object.fromEntries(fileMetas),
  };
  return { ...content, sha256: sha256OfJson(content) };
}

/**
 * Reads a meta.json.
 * @param where the folder, for messages
 * @throws L211 not of a knowledge base, L212 other version, L216 broken or altered
 */
export async function parseMeta(bytes: Uint8Array, where: string): Promise<KbMeta> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw linkwrightError("L216", { where, why: (error as Error).message }, error);
  }
  const { sha256: checksum, ...content } = Object(json) as Partial<KbMeta>;
  if (content.format !== KB_FORMAT) {
    const found = content.format === undefined ? "no format" : `the format ${JSON.stringify(content.format)}`;
    throw linkwrightError("L211", { where, found: `its ${META_FILE} has ${found}` });
  }
  if (content.version !== KB_VERSION) {
    throw linkwrightError("L212", { where, found: String(content.version), expected: KB_VERSION });
  }
  if (checksum !== sha256OfJson(content)) {
    throw linkwrightError("L216", { where, why: "its content doesn't fit its own sha256" });
  }
  return JSON.parse(JSON.stringify(json)) as KbMeta; // what was hashed: -0 is written as 0
}

/**
 * Compares a file with what meta.json says of it.
 * @throws L214 other length, L215 other content
 */
export function checkFile(path: string, bytes: Uint8Array, meta: FileMeta): void {
  if (bytes.length !== meta.bytes) {
    throw linkwrightError("L214", { path, found: bytes.length, expected: meta.bytes });
  }
  const found = sha256(bytes);
  if (found !== meta.sha256) throw linkwrightError("L215", { path, found, expected: meta.sha256 });
}

/** One hash for the whole knowledge base: of its files' hashes, in a fixed order, and its types. */
export function hashOfMeta(meta: KbMeta): string {
  const lines = [...ARROW_FILES, DESCRIPTIONS_FILE]
    .filter((name) => name in meta.files)
    .map((name) => `${meta.files[name]?.sha256}  ${name}\n`);
  const content = [...lines, JSON.stringify(meta.types), "\n"];
  return sha256(new TextEncoder().encode(content.join("")));
}

function sha256OfJson(content: object): string {
  return sha256(new TextEncoder().encode(JSON.stringify(content)));
}
