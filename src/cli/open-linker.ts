import type { Bundle } from "../linker/bundle.js";
import type { DocumentLinker } from "../linker/linker.js";
import { documentLinkerFrom, type LoadedLinker, readAny } from "../plugins/load-linker.js";
import { type Backend, linkingBackend, loadBackend } from "../tensor/backend.js";
import { runCode } from "./code-option.js";
import { changesOf, type LinkArguments } from "./link-options.js";
import { say } from "./progress.js";
import { promiseText } from "./text.js";

/** A linker and what it was made of. */
export interface OpenedLinker extends LoadedLinker {
  readonly bundle: Bundle;
  readonly backend: Backend;
}

/**
 * The linker of a model folder, as the command line wants it; code of the user's is run first.
 *
 * @param toLink what the linker is made of, given the model as it was read
 */
export async function openLinker(
  { model, backend, code, ...decide }: LinkArguments,
  toLink: (bundle: Bundle) => Promise<Bundle> = async (bundle) => bundle,
): Promise<OpenedLinker> {
  const name = linkingBackend(backend);
  await runCode({ code });
  const loaded = await loadBackend(name);
  const bundle = await toLink(await readAny(model));
  const opened = await documentLinkerFrom(bundle, loaded, { changes: changesOf(decide) });
  const promise = promiseOf(opened.linker);
  if (promise !== undefined) say(promise);
  return { ...opened, bundle, backend: loaded };
}

/** What a precision that was asked for comes to; undefined where none was. */
export function promiseOf({ options, thresholds }: DocumentLinker): string | undefined {
  return options.precision === null ? undefined : promiseText(options, thresholds);
}
