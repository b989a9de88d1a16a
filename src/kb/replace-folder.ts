import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

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

/** This machine in a file's name. */
const HOST = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

/**
 * Writes a folder beside `dir` and puts it in its place, which must be a folder or free: `dir` is at all times what it
 * was before, or complete, but for the instant between two renames. What a process that was killed left beside it is
 * cleared away by the next one; the folder of one that was
 * killed in that instant is put back first.
 */
export async function replaceFolder(
  dir: string,
  files: ReadonlyMap<string, Uint8Array | string>,
): Promise<void> {
  const isThere = (await kindOfPath(dir)) !== "nothing";
  const target = isThere ? await realpath(dir) : resolve(dir); // a link stays a link
  const exists = (await clearLitter(target)) || isThere;
  const fresh = `${target}.${HOST}-${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
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

/** Removes what processes of this machine that are no more left beside `target`. Returns whether that put it back. */
async function clearLitter(target: string): Promise<boolean> {
  const names = await readdir(dirname(target)).catch(() => []);
  const prefix = `${basename(target)}.${HOST}-`;
  let isPutBack = false;
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    const [, pid, old] = /^(\d+)-[0-9a-f]{8}\.tmp(\.old)?$/.exec(name.slice(prefix.length)) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const path = join(dirname(target), name);
    if (old && (await kindOfPath(target)) === "nothing") {
      await rename(path, target);
      isPutBack = true;
    } else {
      await rm(path, { recursive: true, force: true });
    }
  }
  return isPutBack;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
