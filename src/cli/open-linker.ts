import { linkwrightError } from "../errors.js";
import type { LinkerOptions } from "../linker/options.js";
import { type LoadedLinker, loadDocumentLinker } from "../plugins/load-linker.js";
import { BACKEND_NAMES, type BackendName, loadBackend } from "../tensor/backend.js";
import { runCode } from "./code-option.js";
import type { LinkArguments } from "./link-options.js";
import { say } from "./progress.js";
import { promiseText } from "./text.js";

/** The linker of a model folder, as the command line wants it; code of the user's is run first. */
export async function openLinker({ model, backend, code, ...decide }: LinkArguments): Promise<LoadedLinker> {
  const name = checkBackend(backend);
  await runCode({ code });
  const loaded = await loadBackend(name, { gradients: false });
  const opened = await loadDocumentLinker(model, loaded, { changes: changesOf(decide) });
  const { linker } = opened;
  if (linker.options.precision !== null) say(promiseText(linker.options, linker.thresholds));
  return opened;
}

/** A backend's name out of what was typed. @throws L301 */
export function checkBackend(name: string): BackendName | "auto" {
  const names: readonly string[] = ["auto", ...BACKEND_NAMES];
  if (!names.includes(name)) throw linkwrightError("L301", { name, expected: names });
  return name as BackendName | "auto";
}

export function changesOf(decide: Omit<LinkArguments, "model" | "backend" | "code">): Partial<LinkerOptions> {
  const {
    "decide.precision": precision,
    "decide.confidence": confidence,
    "decide.set_size": setSize,
  } = decide;
  const changes: Partial<LinkerOptions> = {
    ...(precision !== undefined && { precision, threshold: null }),
    ...(confidence !== undefined && { confidence }),
    ...(setSize !== undefined && { setSize }),
  };
  return changes;
}
