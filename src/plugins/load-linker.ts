import { linkwrightError } from "../errors.js";
import { isKbFolder, openKb } from "../kb/open-kb.js";
import { bundleFor, readBaseModel } from "../linker/base-model.js";
import { type Bundle, linkerFrom, linkerParts, type Model, readBundle } from "../linker/bundle.js";
import { type DocumentLinker, Linker } from "../linker/linker.js";
import type { LinkerOptions } from "../linker/options.js";
import type { Scorer } from "../scoring/scorer.js";
import type { Backend } from "../tensor/backend.js";
import { AskingLinker } from "./asking-linker.js";
import { candidateFinder } from "./candidate-finder.js";
import { CandidateService } from "./candidate-service.js";
import { type Functions, functionsOf, resolveFunctions, type TrainingFunctions } from "./functions.js";
import { loadKb } from "./load-kb.js";

/**
 * A linker out of a model folder; or out of a knowledge base alone, which the model links to that ships with linkwright.
 * @param changes options that win over the model's
 * @throws L519 a model whose knowledge base has to be asked
 */
export async function loadLinker(
  path: string,
  backend: Backend,
  changes?: Partial<LinkerOptions>,
): Promise<Linker> {
  const bundle = await readAny(path);
  if (bundle.about.mirrors !== undefined)
    throw linkwrightError("L519", { model: `The model ${path}`, kb: String(bundle.about.mirrors) });
  const find = candidateFinder(bundle.config, functionsToLink(bundle), bundle.kb);
  return linkerFrom({ ...bundle, find }, backend, changes);
}

export interface LoadOptions {
  /** Options that win over the model's. */
  readonly changes?: Partial<LinkerOptions> | undefined;
  /** Functions by value, in place of those that the model names. */
  readonly functions?: TrainingFunctions | undefined;
}

/** A linker and what scores it. */
export interface LoadedLinker {
  readonly linker: DocumentLinker;
  /** What the model's config names. */
  readonly scorer: Scorer | undefined;
}

/** As {@link loadLinker}, for any model: also one whose candidates have to be asked for, which links streams alone. */
export async function loadDocumentLinker(
  path: string,
  backend: Backend,
  options: LoadOptions = {},
): Promise<LoadedLinker> {
  return documentLinkerFrom(await readAny(path), backend, options);
}

/** A linker out of what a model folder holds. */
export async function documentLinkerFrom(
  bundle: Bundle,
  backend: Backend,
  { changes, functions: own }: LoadOptions = {},
): Promise<LoadedLinker> {
  const { config } = bundle;
  const functions = functionsToLink(bundle, own);
  const kb = bundle.about.mirrors === undefined ? bundle.kb : await loadKb(config, functions);
  const service = CandidateService.of(kb, functions, config);
  const parts = { ...linkerParts(bundle, backend, changes), kb: bundle.kb };
  return { linker: service ? new AskingLinker(parts, service) : new Linker(parts), scorer: functions.scorer };
}

/** The functions that linking needs: a model with its knowledge base beside it has no need of what loaded that. */
export function functionsToLink({ config, about }: Model, own?: TrainingFunctions): Functions {
  const { kb_loader: _kb, generate_empty_kb: _empty, ...others } = config.functions;
  const functions = about.mirrors === undefined ? others : config.functions;
  return resolveFunctions(functionsOf({ functions }, own));
}

/** A model folder, or a knowledge base with the model that ships with linkwright. */
export async function readAny(path: string): Promise<Bundle> {
  return isKbFolder(path) ? bundleFor(await openKb(path), await readBaseModel()) : readBundle(path);
}
