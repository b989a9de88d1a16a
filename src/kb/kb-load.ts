import { linkwrightError } from "../errors.js";
import { DESCRIPTIONS_FILE, decodeParts } from "./kb-files.js";
import { checkFile, hashOfMeta, type KbMeta, META_FILE, parseMeta } from "./kb-meta.js";
import type { KbParts } from "./kb-parts.js";
import { headerSize, type PackedTextColumns, readBlocks } from "./packed-texts.js";

/** Gives the bytes of a file of the folder, undefined when it is not there. */
export type ReadKbFile = (name: string) => Promise<Uint8Array | undefined>;

/** A file that stays where it is. */
export interface OpenedFile {
  readonly path: string;
  readonly size: number;
  /** As many bytes of its beginning as were asked for, or all. */
  readonly header: Uint8Array;
}

/** Opens a file of the folder, of which nothing but the first bytes are read; undefined when it is not there. */
export type OpenKbFile = (name: string, header: number) => Promise<OpenedFile | undefined>;

/**
 * Reads a knowledge base from anywhere: a folder, a web server, an archive.
 * @param where what messages call the place
 * @param open how the descriptions are opened, which are then read when they are asked for @default they are read with the rest
 * @throws L211 no knowledge base, L212 other version, L213 file missing, L214 truncated, L215 altered, L216, L217
 */
export async function loadKb(
  read: ReadKbFile,
  where: string,
  open?: OpenKbFile,
): Promise<{ parts: KbParts; hash: string }> {
  const meta = await readMeta(read, where);
  const names = Object.keys(meta.files).filter((name) => !open || name !== DESCRIPTIONS_FILE);
  const files = await Promise.all(
    names.map(async (name): Promise<[string, Uint8Array]> => {
      const bytes = await read(name);
      if (!bytes) throw linkwrightError("L213", { where, file: name });
      checkFile(`${where}/${name}`, bytes, meta.files[name] as KbMeta["files"][string]);
      return [name, bytes];
    }),
  );
  const opened = open && (await openDescriptions(open, meta, where));
  const hash = hashOfMeta(meta);
  try {
    const byName = new Map(files);
    const { types, entities, aliases, candidates, entity_vector_length: entityVectorLength } = meta;
    const descriptions = packedTexts(opened ?? byName.get(DESCRIPTIONS_FILE), entities);
    const shape = { types, entityVectorLength, entities, aliases, candidates };
    return { parts: await decodeParts(byName, descriptions, shape), hash };
  } catch (error) {
    throw linkwrightError("L217", { where, why: (error as Error).message }, error);
  }
}

export async function readMeta(read: ReadKbFile, where: string): Promise<KbMeta> {
  const bytes = await read(META_FILE);
  if (!bytes) {
    const isSpacys = (await read("contents")) !== undefined;
    const hint = isSpacys
      ? " but the contents of spaCy's, which readSpacyKb and linkwright convert read"
      : "";
    throw linkwrightError("L211", { where, found: `it has no ${META_FILE}${hint}` });
  }
  return parseMeta(bytes, where);
}

async function openDescriptions(
  open: OpenKbFile,
  { entities, files }: KbMeta,
  where: string,
): Promise<OpenedFile> {
  const opened = await open(DESCRIPTIONS_FILE, headerSize(entities));
  if (!opened) throw linkwrightError("L213", { where, file: DESCRIPTIONS_FILE });
  const expected = files[DESCRIPTIONS_FILE]?.bytes ?? 0;
  if (opened.size !== expected)
    throw linkwrightError("L214", { path: opened.path, found: opened.size, expected });
  return opened;
}

function packedTexts(from: OpenedFile | Uint8Array | undefined, size: number): PackedTextColumns {
  if (!from) throw new TypeError(`no ${DESCRIPTIONS_FILE}`);
  if (from instanceof Uint8Array) return { size, blocks: readBlocks(from, size), source: from };
  return { size, blocks: readBlocks(from.header, size), source: { path: from.path } };
}
