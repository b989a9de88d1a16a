import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { openKb } from "../kb/open-kb.js";
import { loadBackend } from "../tensor/backend.js";
import { readBaseModel } from "./base-model.js";
import { bindMembers } from "./bound-model.js";
import { linkerOptions } from "./config.js";

/**
 * Opens a knowledge base, and gives each entity the vector that the model that ships makes of its name and description,
 * in place of any that it came with: for models that need vectors, where there are none. They have the length 64.
 */
export async function openDescribedKb(path: string): Promise<InMemoryLookupKB> {
  const kb = await openKb(path);
  const { config, learned } = await readBaseModel();
  const backend = await loadBackend("auto");
  const [describer] = bindMembers(learned, kb, linkerOptions(config), backend).members();
  if (describer) kb.setVectors(describer.encodeEntities(), describer.options.entityVectorLength);
  return kb;
}
