import type { Bundle } from "../../linker/bundle.js";
import { modelToFiles } from "../../linker/model-files.js";
import { shortHash } from "./run-identity.js";

/** One hash for all that a model and its knowledge base hold. */
export async function hashOfModel(bundle: Bundle): Promise<string> {
  const { kb } = bundle;
  if (kb.hash === undefined) await kb.toBytes(); // of a knowledge base that was never written
  const files = modelToFiles(bundle, { format: "float32", linkwrightVersion: "", kbHash: kb.hash ?? "" });
  return shortHash(files.get("meta.json") as Uint8Array); // it has the hashes of the others, and of the knowledge base
}
