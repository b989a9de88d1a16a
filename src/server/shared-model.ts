import { openShared, type SharedKb, shareKb } from "../kb/shared-kb.js";
import { bindModel } from "../linker/bound-model.js";
import { type Bundle, linkerFrom } from "../linker/bundle.js";
import { linkerOptions } from "../linker/config.js";
import { claimVectors, lacksVectors } from "../linker/entity-vectors.js";
import type { Linker } from "../linker/linker.js";
import { type Model, modelFrom, modelToFiles, openModel } from "../linker/model-files.js";
import type { LinkerOptions } from "../linker/options.js";
import { candidateFinder } from "../plugins/candidate-finder.js";
import { functionsToLink } from "../plugins/load-linker.js";
import { type Backend, loadBackend } from "../tensor/backend.js";
import { VERSION } from "../version.js";

const WHERE = "the shared model";

/** A model as threads get it: the knowledge base in memory that all share, the rest as files. It can be posted as it is. */
export interface SharedModel {
  readonly kb: SharedKb;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Makes a model ready to be shared; a knowledge base without this model's entity vectors gets them first. */
export async function shareModel(
  bundle: Bundle,
  backend: Parameters<typeof loadBackend>[0],
): Promise<SharedModel> {
  const { kb } = bundle;
  if (lacksVectors(kb, bundle.learned)) {
    const loaded = await loadBackend(backend);
    bindModel(bundle.learned, kb, linkerOptions(bundle.config), loaded);
  }
  const files = modelToFiles(bundle, {
    format: "float32",
    linkwrightVersion: VERSION,
    kbHash: kb.hash ?? "",
  });
  return { kb: shareKb(kb), files };
}

/** The linker of a shared model. @param changes options that win over the model's */
export async function openSharedModel(
  shared: SharedModel,
  backend: Backend,
  changes: Partial<LinkerOptions>,
): Promise<Linker> {
  const bundle = await openSharedBundle(shared);
  const find = candidateFinder(bundle.config, functionsToLink(bundle), bundle.kb);
  return linkerFrom({ ...bundle, find }, backend, changes);
}

/** A model over the knowledge base that is shared, for the thread that read it: one copy is enough for all. */
export function sharedBundle(model: Model, { kb: sharedKb }: SharedModel): Bundle {
  const kb = openShared(sharedKb);
  claimVectors(kb, model.learned);
  return { ...model, kb };
}

/** What a linker of a shared model is made of; its knowledge base is to be read, never to be changed. */
export async function openSharedBundle(shared: SharedModel): Promise<Bundle> {
  const model = await modelFrom(await openModel(async (name) => shared.files.get(name), WHERE));
  return sharedBundle(model, shared);
}
