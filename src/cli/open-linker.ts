import { linkwrightError } from "../errors.js";
import type { Linker } from "../linker/linker.js";
import { loadLinker } from "../linker/load-linker.js";
import type { LinkerOptions } from "../linker/options.js";
import { BACKEND_NAMES, type BackendName, loadBackend } from "../tensor/backend.js";
import type { LinkArguments } from "./link-options.js";
import { say } from "./progress.js";
import { promiseText } from "./text.js";

/** The linker of a model folder, as the command line wants it. */
export async function openLinker({ model, backend, ...decide }: LinkArguments): Promise<Linker> {
  const names: readonly string[] = ["auto", ...BACKEND_NAMES];
  if (!names.includes(backend)) throw linkwrightError("L301", { name: backend, expected: names });
  const changes = changesOf(decide);
  const linker = await loadLinker(
    model,
    await loadBackend(backend as BackendName | "auto", { gradients: false }),
    changes,
  );
  if (linker.options.precision !== null) say(promiseText(linker.options, linker.thresholds));
  return linker;
}

function changesOf(decide: Omit<LinkArguments, "model" | "backend">): Partial<LinkerOptions> {
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
