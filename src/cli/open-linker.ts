import { linkwrightError } from "../errors.js";
import { loadLinker } from "../linker/bundle.js";
import type { EntityLinker } from "../linker/entity-linker.js";
import { BACKEND_NAMES, type BackendName, loadBackend } from "../tensor/backend.js";

/** The linker of a model folder on a backend named on the command line. */
export async function openLinker(model: string, backend: string): Promise<EntityLinker> {
  const names: readonly string[] = ["auto", ...BACKEND_NAMES];
  if (!names.includes(backend)) throw linkwrightError("L301", { name: backend, expected: names });
  return loadLinker(model, await loadBackend(backend as BackendName | "auto", { gradients: false }));
}
