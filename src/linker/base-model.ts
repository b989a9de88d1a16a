import { fileURLToPath } from "node:url";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { type Bundle, type Model, readModel } from "./bundle.js";
import type { Config } from "./config.js";

/** The folder of the model that ships with linkwright: trained on the starter corpus, for any knowledge base. */
const BASE_FOLDER = fileURLToPath(new URL("../../../corpus/base-model", import.meta.url));

/** The model that links to knowledge bases that nothing was trained on. */
export function readBaseModel(): Promise<Model> {
  return readModel(BASE_FOLDER);
}

/**
 * A model for a knowledge base that it was not trained on.
 * @param settings what the model's own settings give way to
 */
export function bundleFor(
  kb: InMemoryLookupKB,
  model: Model,
  settings: Partial<Pick<Config, "linker" | "candidates" | "decide">> = {},
): Bundle {
  return {
    ...model,
    evidence: undefined,
    mentionFilter: undefined,
    config: { ...model.config, ...settings },
    kb,
  };
}
