import type { Bundle } from "../../linker/bundle.js";
import type { LinkArguments } from "../link-options.js";
import { openLinker } from "../open-linker.js";
import { linkBatch } from "./link-batch.js";
import type { Links, LinksOptions } from "./links.js";
import { hashOfModel } from "./model-hash.js";

/** Links in this thread. @param toLink what the linker is made of, given the model as it was read */
export async function linksHere(
  given: LinkArguments,
  { signal, hash, ...options }: LinksOptions,
  toLink: (bundle: Bundle) => Promise<Bundle> = async (bundle) => bundle,
): Promise<Links> {
  let model = "";
  const { linker, backend } = await openLinker(given, async (bundle) => {
    if (hash) model = await hashOfModel(bundle);
    return toLink(bundle);
  });
  return {
    about: { backend: backend.name, model },
    link: (batch) => linkBatch(linker, batch, options, signal),
    close: async () => {},
  };
}
