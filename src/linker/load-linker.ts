import { isKbFolder, openKb } from "../kb/open-kb.js";
import type { Backend } from "../tensor/backend.js";
import { bundleFor, readBaseModel } from "./base-model.js";
import { linkerFrom, readBundle } from "./bundle.js";
import type { Linker } from "./linker.js";
import type { LinkerOptions } from "./options.js";

/**
 * A linker out of a model folder; or out of a knowledge base alone, which the model links to that ships with linkwright.
 * @param changes options that win over the model's
 */
export async function loadLinker(
  path: string,
  backend: Backend,
  changes?: Partial<LinkerOptions>,
): Promise<Linker> {
  const bundle = isKbFolder(path)
    ? bundleFor(await openKb(path), await readBaseModel())
    : await readBundle(path);
  return linkerFrom(bundle, backend, changes);
}
