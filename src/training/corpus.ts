import { existsSync } from "node:fs";
import { linkwrightError } from "../errors.js";
import { readDocs } from "../formats/doc-jsonl.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { readBaseModel } from "../linker/base-model.js";
import { type Model, readModel } from "../linker/bundle.js";
import { type Doc, NIL } from "../text/doc.js";

/** The model that `training.init` names: none for "random", the one that ships for "base", else a model folder's. */
export async function readInit(init: string): Promise<Model | undefined> {
  if (init === "random") return undefined;
  if (init === "base") return readBaseModel();
  return readModel(init).catch((cause: Error) => {
    throw linkwrightError("L513", { init, why: cause.message }, cause);
  });
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
