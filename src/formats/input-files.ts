import type { Dirent, Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { linkwrightError } from "../errors.js";

/** A file of documents. */
export interface InputFile {
  /** `"-"` for stdin. */
  readonly path: string;
  /** JSONL with a document a line, or one document's text. */
  readonly kind: "lines" | "text";
  /** What a text's document is called: its path in the folder that was named, with slashes; else the file's name. */
  readonly id: string;
}

export interface Input {
  readonly files: readonly InputFile[];
  /** Whether the files can be read again; not so stdin and pipes. */
  readonly isStored: boolean;
  /** Size of all files, where it is known. */
  readonly bytes: number | undefined;
  /** Files of a folder that are neither .txt nor .jsonl, hidden ones, and links to folders. */
  readonly skipped: number;
}

/**
 * What a path has to read: itself, or the .txt and .jsonl files of a folder and of its folders, in the order of their paths.
 *
 * @param path a file, a folder, or `"-"` for stdin
 * @param output a file that is written meanwhile, and so not read where it lies in the folder
 * @throws L100 it can't be read, L852 a folder without such files
 */
export async function inputFiles(path: string, output?: string): Promise<Input> {
  if (path === "-") return { files: [fileAt(path, "stdin")], isStored: false, bytes: undefined, skipped: 0 };
  const found = await reading(path, stat(path));
  if (found.isDirectory()) return filesIn(path, output);
  const isStored = found.isFile();
  const bytes = isStored ? found.size : undefined;
  return { files: [fileAt(path, basename(path))], isStored, bytes, skipped: 0 };
}

async function filesIn(folder: string, output: string | undefined): Promise<Input> {
  const written = output === undefined ? undefined : await stat(output).catch(() => undefined);
  const { names, skipped } = await namesIn(folder);
  const files: InputFile[] = [];
  let bytes = 0;
  for (const name of names.sort()) {
    const found = await reading(join(folder, name), stat(join(folder, name)));
    if (!found.isFile() || (written && isSame(found, written))) continue;
    files.push(fileAt(join(folder, name), name));
    bytes += found.size;
  }
  if (files.length === 0) throw linkwrightError("L852", { folder, skipped });
  return { files, isStored: true, bytes, skipped };
}

/** Paths of texts and JSONL files relative to a folder. */
async function namesIn(root: string): Promise<{ names: string[]; skipped: number }> {
  const names: string[] = [];
  let skipped = 0;
  const visit = async (folder: string, prefix: string): Promise<void> => {
    for (const entry of await reading(folder, readdir(folder, { withFileTypes: true }))) {
      const name = `${prefix}${entry.name}`;
      if (isHidden(entry)) skipped++;
      else if (entry.isDirectory()) await visit(join(folder, entry.name), `${name}/`);
      else if (/\.(?:txt|jsonl)$/iu.test(name)) names.push(name);
      else skipped++;
    }
  };
  await visit(root, "");
  return { names, skipped };
}

const isHidden = ({ name }: Dirent): boolean => name.startsWith(".");
const isSame = (a: Stats, b: Stats): boolean => a.dev === b.dev && a.ino === b.ino;

function fileAt(path: string, id: string): InputFile {
  return { path, kind: /\.txt$/iu.test(path) ? "text" : "lines", id };
}

async function reading<T>(file: string, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw linkwrightError("L100", { file, why: (error as Error).message }, error);
  }
}
