import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import { linkwrightError } from "../errors.js";

export interface WriteOptions {
  /** What the path `"-"` writes to. @default process.stdout */
  readonly stdout?: NodeJS.WritableStream;
}

/**
 * Writes blocks of text one after the other, no faster than the target takes them. A file appears under its name only
 * when it is complete; after an error what was there before is unchanged and nothing is left behind.
 *
 * @param path a file, or `"-"` for stdout
 * @throws L108 the target can't be written; errors of `blocks` as they are
 */
export async function writeBlocks(
  path: string,
  blocks: AsyncIterable<string>,
  options: WriteOptions = {},
): Promise<void> {
  if (path === "-") return writeToStream(options.stdout ?? process.stdout, blocks);
  const { target, isStored, isFolder } = await targetOf(path);
  if (!isStored && !isFolder) return writeToFile(path, target, blocks);
  const temporary = `${target}.tmp-${process.pid}`;
  try {
    await writeToFile(path, temporary, blocks);
    await writing(path, rename(temporary, target));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** What stands at the end of a path. */
export interface Target {
  /** The path past links. */
  readonly target: string;
  /** Whether it is a file or can become one; devices and pipes can't be replaced. */
  readonly isStored: boolean;
  readonly isFolder: boolean;
}

export async function targetOf(path: string): Promise<Target> {
  if (path === "-") return { target: path, isStored: false, isFolder: false };
  const target = await realpath(path).catch(() => path);
  const found = await stat(target).catch(() => undefined);
  const isFolder = found?.isDirectory() ?? false;
  return { target, isStored: found?.isFile() ?? !isFolder, isFolder };
}

/** What a step of writing gives. @throws L108 it fails */
export async function writing<T>(path: string, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw linkwrightError("L108", { path, why: reasonOf(error) }, error);
  }
}

async function writeToFile(path: string, file: string, blocks: AsyncIterable<string>): Promise<void> {
  const handle = await writing(path, open(file, "w"));
  try {
    for await (const block of blocks) await writing(path, handle.appendFile(block));
    await writing(path, flushed(handle));
  } finally {
    await handle.close();
  }
}

/** To the disk, so that a rename can't outrun the bytes; devices and pipes have nothing to flush. */
async function flushed(handle: FileHandle): Promise<void> {
  if ((await handle.stat()).isFile()) await handle.sync();
}

async function writeToStream(stream: NodeJS.WritableStream, blocks: AsyncIterable<string>): Promise<void> {
  const write = (text: string) =>
    new Promise<void>((resolve, reject) => {
      stream.once("error", reject); // without a listener the event, which comes after the callback, ends the process
      stream.write(text, (error) => {
        if (error) return reject(error);
        stream.off("error", reject);
        resolve();
      });
    });
  for await (const block of blocks) await writing("stdout", write(block));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
