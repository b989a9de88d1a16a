import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { linkwrightError } from "../errors.js";
import { loadKb, type ReadKbFile, readMeta } from "./kb-load.js";
import { hashOfMeta, KB_FORMAT, META_FILE, makeMeta } from "./kb-meta.js";
import { ARROW_FILES, encodeParts, type KbParts } from "./kb-parts.js";

/**
 * Reads the folder of a knowledge base, as views over one buffer a file.
 * @throws E928 not a folder, E929 not there, and what `loadKb` throws
 */
export async function readKb(dir: string): Promise<{ parts: KbParts; hash: string }> {
  return loadKb(await fileReader(dir), dir);
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
  const target = await writableTarget(dir);
  const files = encodeParts(parts, { vectors });
  const meta = await makeMeta(parts, files);
  const fresh = `${target}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await mkdir(fresh);
    await Promise.all(Array.from(files, ([name, bytes]) => writeFile(join(fresh, name), bytes)));
    await writeFile(join(fresh, META_FILE), `${JSON.stringify(meta, null, 2)}\n`);
    await replaceFolder(target, fresh);
  } catch (error) {
    // A folder that can't be removed either must not hide why.
    await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
    throw linkwrightError("E146", { path: dir, why: (error as Error).message }, error);
  }
  return hashOfMeta(meta);
}

async function fileReader(dir: string): Promise<ReadKbFile> {
  const kind = await kindOf(dir);
  if (kind === "nothing") throw linkwrightError("E929", { path: dir });
  if (kind === "file") throw linkwrightError("E928", { path: dir });
  return (name) => readFile(join(dir, name)).catch(undefinedIfMissing);
}

/** The folder to replace, links followed. */
async function writableTarget(dir: string): Promise<string> {
  const kind = await kindOf(dir);
  if (kind === "nothing") return resolve(dir);
  if (kind === "file") throw linkwrightError("E928", { path: dir });
  const found = await foreignContent(dir);
  if (found) throw linkwrightError("L218", { path: dir, found });
  return realpath(dir);
}

/** What in a folder is not of a knowledge base and would be lost, if anything. */
async function foreignContent(dir: string): Promise<string | undefined> {
  const names = await readdir(dir);
  const own: readonly string[] = [META_FILE, ...ARROW_FILES];
  const foreign = names.find((name) => !own.includes(name));
  if (foreign !== undefined) return foreign;
  const meta = await readFile(join(dir, META_FILE), "utf8").catch(undefinedIfMissing);
  // A knowledge base of another version or a damaged one may be replaced; another program's files may not.
  return meta?.includes(`"${KB_FORMAT}"`) ? undefined : names[0];
}

async function replaceFolder(target: string, fresh: string): Promise<void> {
  if ((await kindOf(target)) === "nothing") return rename(fresh, target);
  const old = `${fresh}.old`;
  await rename(target, old);
  try {
    await rename(fresh, target);
  } catch (error) {
    await rename(old, target);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

async function kindOf(path: string): Promise<"folder" | "file" | "nothing"> {
  const found = await stat(path).catch(undefinedIfMissing);
  if (!found) return "nothing";
  return found.isDirectory() ? "folder" : "file";
}

function undefinedIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
}
