import { linkwrightError } from "../errors.js";
import { KnowledgeBase } from "../kb/knowledge-base.js";
import { openKb } from "../kb/open-kb.js";
import type { Config } from "../linker/config.js";
import type { Functions } from "./functions.js";

/**
 * The knowledge base of a config: what its loader gives; else the folder at `paths.kb`, read by the empty one that a
 * function gives, or as linkwright's own.
 * @throws E1018 none, L504 no such folder, and what the knowledge base throws
 */
export async function loadKb(
  { paths, model }: Pick<Config, "paths" | "model">,
  { kbLoader, generateEmptyKb }: Functions,
): Promise<KnowledgeBase> {
  if (kbLoader) return checkKb(await kbLoader());
  const path = paths.kb as string; // a config has it where there is no loader
  if (!generateEmptyKb) return openKb(path);
  return checkKb(generateEmptyKb(model.entity_vector_length)).fromDisk(path);
}

function checkKb(kb: unknown): KnowledgeBase {
  if (kb instanceof KnowledgeBase) return kb;
  const found = typeof kb === "object" && kb !== null ? `a ${kb.constructor?.name ?? "value"}` : String(kb);
  throw linkwrightError("E1018", { name: "entity_linker", found, expected: "a KnowledgeBase" });
}
