import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { linkwrightError } from "../errors.js";
import { readDocs } from "../formats/doc-jsonl.js";
import { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { readKbSource } from "../kb/source.js";
import { type Doc, NIL } from "../text/doc.js";

/** Loads a KB folder as `create-index` writes it, or reads a source folder of entities.jsonl and aliases.jsonl. */
export async function loadKb(path: string): Promise<InMemoryLookupKB> {
  if (!existsSync(path)) throw linkwrightError("L504", { key: "paths.kb", path });
  const isSource = statSync(path).isDirectory() && existsSync(join(path, "entities.jsonl"));
  return isSource ? readKbSource(path) : InMemoryLookupKB.fromDisk(path);
}

/**
 * Reads a corpus whole.
 * @param key the config key that names it, if one does
 */
export async function loadDocs(path: string, key?: string): Promise<Doc[]> {
  if (key && !existsSync(path)) throw linkwrightError("L504", { key, path });
  const docs: Doc[] = [];
  for await (const doc of readDocs(path)) docs.push(doc);
  return docs;
}

/**
 * Makes sure that a corpus can train or test on a knowledge base.
 * @throws L505 without any annotated mention, L506 when none of the annotated ids is in the knowledge base
 */
export function checkAnnotation(docs: readonly Doc[], kb: InMemoryLookupKB, path: string): void {
  const ids = docs.flatMap(({ ents }) => ents.map(({ kbId }) => kbId).filter((id) => id !== ""));
  if (ids.length === 0) throw linkwrightError("L505", { path });
  const links = ids.filter((id) => id !== NIL);
  const known = links.filter((id) => kb.containsEntity(id)).length;
  if (links.length > 0 && known === 0) throw linkwrightError("L506", { path, example: links[0] as string });
}
