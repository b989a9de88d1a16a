import { open, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { linkwrightError } from "../errors.js";
import { ARROW_FILES, DESCRIPTIONS_FILE, encodeParts } from "./kb-files.js";
import { loadKb, type OpenedFile, type ReadKbFile, readMeta } from "./kb-load.js";
import { hashOfMeta, KB_FORMAT, META_FILE, makeMeta } from "./kb-meta.js";
import type { KbParts } from "./kb-parts.js";
import { foreignFile, kindOfPath, replaceFolder } from "./replace-folder.js";

/**
 * Reads the folder of a knowledge base; its descriptions when they are asked for.
 * @throws E928 not a folder, E929 not there, and what `loadKb` throws
 */
export async function readKb(dir: string): Promise<{ parts: KbParts; hash: string }> {
  return loadKb(await fileReader(dir), dir, (name, header) => openFile(dir, name, header));
}

/**
 * One hash for all that a knowledge base holds, from its meta.json alone: equal hashes, equal content.
 * @throws E928, E929, L211, L212, L216
 */
export async function kbHash(dir: string): Promise<string> {
  return hashOfMeta(await readMeta(await fileReader(dir), dir));
}

/**
 * Writes the folder of a knowledge base and returns its hash. It is written beside `dir` and then renamed:
 * `dir` is at all times what it was before, or complete.
 * @throws E928 `dir` is a file, L218 `dir` holds something else, E146 can't write
 */
export async function writeKb(
  parts: KbParts,
  dir: string,
  { vectors = true }: { readonly vectors?: boolean } = {},
): Promise<string> {
  await refuseForeign(dir);
  const files: ReadonlyMap<string, Uint8Array> = encodeParts(parts, { vectors });
  const meta = makeMeta(parts, files);
  const all = new Map<string, Uint8Array | string>(files);
  all.set(META_FILE, `${JSON.stringify(meta, null, 2)}\n`);
  await replaceFolder(dir, all).catch((error: Error) => {
    throw linkwrightError("E146", { path: dir, why: error.message }, error);
  });
  return hashOfMeta(meta);
}

async function fileReader(dir: string): Promise<ReadKbFile> {
  const kind = await kindOfPath(dir);
  if (kind === "nothing") throw linkwrightError("E929", { path: dir });
  if (kind === "file") throw linkwrightError("E928", { path: dir });
  return (name) => {
    return readFile(join(dir, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw linkwrightError("L217", { where: dir, why: `${name}: ${error.message}` }, error);
    });
  };
}

async function openFile(dir: string, name: string, header: number): Promise<OpenedFile | undefined> {
  const path = resolve(dir, name);
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw linkwrightError("L217", { where: dir, why: `${name}: ${error.message}` }, error);
  });
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(Math.min(header, size));
    await file.read(bytes, 0, bytes.length, 0);
    return { path, size, header: bytes };
  } catch (error) {
    throw linkwrightError("L217", { where: dir, why: `${name}: ${(error as Error).message}` }, error);
  } finally {
    await file.close();
  }
}

/** Makes sure that nothing of anybody else is replaced. */
async function refuseForeign(dir: string): Promise<void> {
  const kind = await kindOfPath(dir);
  if (kind === "file") throw linkwrightError("E928", { path: dir });
  const found = kind === "folder" ? await foreignContent(dir) : undefined;
  if (found) throw linkwrightError("L218", { path: dir, found });
}

/** What in a folder is not of a knowledge base and would be lost, if anything. */
async function foreignContent(dir: string): Promise<string | undefined> {
  const foreign = await foreignFile(dir, [META_FILE, DESCRIPTIONS_FILE, ...ARROW_FILES]);
  if (foreign !== undefined) return foreign;
  const meta = await readFile(join(dir, META_FILE), "utf8").catch(() => undefined);
  // A knowledge base of another version or a damaged one may be replaced; another program's files may not.
  return meta?.includes(`"${KB_FORMAT}"`) ? undefined : foreignFile(dir, []);
}
