import { access, constants, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { linkwrightError } from "../errors.js";

/** Makes sure, before long work, that a file can be written: its folder is there and open to us. */
export async function refuseUnwritable(path: string): Promise<void> {
  await access(dirname(resolve(path)), constants.W_OK).catch((cause: Error) => {
    throw linkwrightError("L108", { path, why: cause.message }, cause);
  });
}

/** Writes a file under a temporary name and puts it in place: nobody sees half of it. */
export async function writeFileWhole(path: string, content: string): Promise<void> {
  const target = await realpath(path).catch(() => path); // a link stays a link
  const isFile = await stat(target).then(
    (found) => found.isFile(),
    () => true,
  );
  const temporary = `${target}.tmp-${process.pid}`;
  try {
    if (!isFile) return await writeFile(target, content); // devices and pipes can't be replaced
    await writeFile(temporary, content);
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw linkwrightError("L108", { path, why: (cause as Error).message }, cause);
  }
}
