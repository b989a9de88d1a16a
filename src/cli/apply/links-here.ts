import type { LinkArguments } from "../link-options.js";
import { openLinker } from "../open-linker.js";
import { linkBatch } from "./link-batch.js";
import type { Links, LinksOptions } from "./links.js";
import { hashOfModel } from "./model-hash.js";

/** Links in the process itself. */
export async function linksHere(
  given: LinkArguments,
  { signal, hash, ...options }: LinksOptions,
): Promise<Links> {
  const { linker, bundle, backend } = await openLinker(given);
  return {
    about: { backend: backend.name, model: hash ? await hashOfModel(bundle) : "" },
    link: (batch) => linkBatch(linker, batch, options, signal),
    close: async () => {},
  };
}
