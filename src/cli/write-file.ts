import { rename, rm, writeFile } from "node:fs/promises";
import { linkwrightError } from "../errors.js";

/** Writes a file under a temporary name and puts it in place: nobody sees half of it. */
export async function writeFileWhole(path: string, content: string): Promise<void> {
  const temporary = `${path}.tmp-${process.pid}`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw linkwrightError("L108", { path, why: (cause as Error).message }, cause);
  }
}
