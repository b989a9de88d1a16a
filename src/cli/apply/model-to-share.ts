import { readAny } from "../../plugins/load-linker.js";
import { type SharedModel, shareModel } from "../../server/shared-model.js";
import type { BackendName } from "../../tensor/backend.js";
import { hashOfModel } from "./model-hash.js";

/** Reads a model for threads to share. @returns its hash too, "" where it isn't wanted */
export async function modelToShare(
  path: string,
  { backend, hash }: { readonly backend: BackendName | "auto"; readonly hash: boolean },
): Promise<{ readonly model: SharedModel; readonly hash: string }> {
  const bundle = await readAny(path);
  return { hash: hash ? await hashOfModel(bundle) : "", model: await shareModel(bundle, backend) };
}
