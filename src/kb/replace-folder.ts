import { randomBytes } from "node:crypto";
import { mkdir, readdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

export type PathKind = "folder" | "file" | "nothing";

export async function kindOfPath(path: string): Promise<PathKind> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (!found) return "nothing";
  return found.isDirectory() ? "folder" : "file";
}

/** A file of a folder that is not among `own`, if there is any. */
export async function foreignFile(dir: string, own: readonly string[]): Promise<string | undefined> {
  return (await readdir(dir)).find((name) => !own.includes(name));
}

/**
 * Writes a folder beside `dir` and puts it in its place, which must be a folder or free: `dir` is at all times what it
 * was before, or complete.
 */
export async function replaceFolder(
  dir: string,
  files: ReadonlyMap<string, Uint8Array | string>,
): Promise<void> {
  const exists = (await kindOfPath(dir)) !== "nothing";
  const target = exists ? await realpath(dir) : resolve(dir); // a link stays a link
  const fresh = `${target}.${randomBytes(4).toString("hex")}.tmp`;
  const old = `${fresh}.old`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await mkdir(fresh);
    for (const [name, content] of files) await writeFile(join(fresh, name), content);
    if (exists) await rename(target, old);
    await rename(fresh, target).catch(async (error) => {
      if (exists) await rename(old, target);
      throw error;
    });
  } catch (error) {
    // A folder that can't be removed either must not hide why.
    await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}
