import { linkwrightError } from "../errors.js";
import { openGpu } from "./gpu.js";
import { isInstalled, loadNativeBackend } from "./native-backend.js";
import { type Backend, type BackendName, LINKING_BACKENDS, loadPortableBackend } from "./portable-backend.js";

export {
  BACKEND_NAMES,
  type Backend,
  type BackendName,
  LINKING_BACKENDS,
  type TensorFlow,
} from "./portable-backend.js";

/**
 * Loads a TF.js backend and makes it the active one; "auto" takes the first of {@link LINKING_BACKENDS} that works.
 * Packages are imported when they are needed, not before. The backend is active for the whole process: TF.js
 * knows no other way, so a later call with another name moves everyone.
 *
 * Throws L301 for an unknown name, L302 when its package is missing, L303 when it does not work here, L305 for
 * "webgpu", which {@link loadTrainingBackend} knows.
 */
export async function loadBackend(name: BackendName | "auto" = "auto"): Promise<Backend> {
  const known = linkingBackend(name);
  if (known === "auto") return loadFirst();
  return known === "wasm" || known === "cpu" ? loadPortableBackend(known) : loadNativeBackend(known);
}

/** What a name that somebody gave stands for. @throws L301 for an unknown one, L305 for "webgpu" */
export function linkingBackend(name: string): (typeof LINKING_BACKENDS)[number] | "auto" {
  const expected = ["auto", ...LINKING_BACKENDS] as const;
  const found = expected.find((known) => known === name);
  if (found !== undefined) return found;
  throw name === "webgpu"
    ? linkwrightError("L305", { expected })
    : linkwrightError("L301", { name, expected });
}

/**
 * Loads what trains models: a backend, or for "webgpu" a GPU that takes whole steps beside wasm, which multiplies
 * everywhere else.
 *
 * Throws L301 for an unknown name, L302 when its package is missing, L303 when it does not work here.
 */
export async function loadTrainingBackend(name: BackendName | "auto" = "auto"): Promise<Backend> {
  if (name !== "webgpu") return loadBackend(name);
  const gpu = await openGpu(); // first: a refusal leaves the active backend as it is
  return { ...(await loadBackend(multiplierOf(name))), name, gpu };
}

/** The backend that multiplies for a model that another one trained. */
export function multiplierOf(name: BackendName | "auto"): BackendName | "auto" {
  return name === "webgpu" ? "wasm" : name;
}

async function loadFirst(): Promise<Backend> {
  for (const name of ["tfjs-node-gpu", "tfjs-node"] as const) {
    if (!isInstalled(name)) continue;
    const backend = await loadNativeBackend(name).catch(() => undefined); // doctor tells why one does not work
    if (backend) return backend;
  }
  const wasm = await loadPortableBackend("wasm").catch(() => undefined);
  return wasm ?? loadPortableBackend("cpu");
}
