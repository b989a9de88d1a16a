import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { linkwrightError } from "../errors.js";
import { InMemoryLookupKB } from "./in-memory-lookup-kb.js";
import { META_FILE } from "./kb-meta.js";
import { readKbSource } from "./source.js";
import { isSpacyKbFolder, readSpacyKb } from "./spacy-kb.js";

const SOURCE_FILE = "entities.jsonl";

/**
 * Loads a KB folder as `create-index` writes it, or reads one of spaCy's, or a source folder of entities.jsonl and
 * aliases.jsonl.
 */
export async function openKb(path: string): Promise<InMemoryLookupKB> {
  if (!existsSync(path)) throw linkwrightError("L504", { key: "paths.kb", path });
  const isSource = statSync(path).isDirectory() && existsSync(join(path, SOURCE_FILE));
  if (isSource) return readKbSource(path);
  return isSpacyKbFolder(path) ? readSpacyKb(path) : InMemoryLookupKB.fromDisk(path);
}

/** Whether a folder looks like one that {@link openKb} opens: a source, spaCy's, or a KB folder that is not a model's. */
export function isKbFolder(path: string): boolean {
  if (existsSync(join(path, SOURCE_FILE)) || isSpacyKbFolder(path)) return true;
  return existsSync(join(path, "entities.arrow")) && existsSync(join(path, META_FILE));
}
