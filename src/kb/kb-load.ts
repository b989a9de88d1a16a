import { linkwrightError } from "../errors.js";
import { checkFile, hashOfMeta, type KbMeta, META_FILE, parseMeta } from "./kb-meta.js";
import { decodeParts, type KbParts } from "./kb-parts.js";

/** Gives the bytes of a file of the folder, undefined when it is not there. */
export type ReadKbFile = (name: string) => Promise<Uint8Array | undefined>;

/**
 * Reads a knowledge base from anywhere: a folder, a web server, an archive.
 * @param where what messages call the place
 * @throws L211 no knowledge base, L212 other version, L213 file missing, L214 truncated, L215 altered, L216, L217
 */
export async function loadKb(read: ReadKbFile, where: string): Promise<{ parts: KbParts; hash: string }> {
  const meta = await readMeta(read, where);
  const names = Object.keys(meta.files);
  const files = await Promise.all(
    names.map(async (name): Promise<[string, Uint8Array]> => {
      const bytes = await read(name);
      if (!bytes) throw linkwrightError("L213", { where, file: name });
      await checkFile(`${where}/${name}`, bytes, meta.files[name] as KbMeta["files"][string]);
      return [name, bytes];
    }),
  );
  const hash = await hashOfMeta(meta);
  try {
    const { types, entity_vector_length: entityVectorLength } = meta;
    return { parts: decodeParts(new Map(files), { types, entityVectorLength }), hash };
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
