import { linkwrightError } from "../errors.js";
import { isInstalled, loadNativeBackend } from "./native-backend.js";
import { BACKEND_NAMES, type Backend, type BackendName, loadPortableBackend } from "./portable-backend.js";
import { loadWebGpuBackend } from "./webgpu-backend.js";

export {
  BACKEND_NAMES,
  type Backend,
  type BackendName,
  type TensorFlow,
} from "./portable-backend.js";

/**
 * Loads a TF.js backend and makes it the active one; "auto" takes the first of {@link BACKEND_NAMES} that works,
 * webgpu aside, which has to be named: at the default batch size it is slower than wasm, even on a large GPU.
 * Packages are imported when they are needed, not before. The backend is active for the whole process: TF.js
 * knows no other way, so a later call with another name moves everyone.
 *
 * Throws L301 for an unknown name, L302 when its package is missing, L303 when it does not work here.
 */
export async function loadBackend(name: BackendName | "auto" = "auto"): Promise<Backend> {
  if (name === "auto") return loadFirst();
  if (name === "wasm" || name === "cpu") return loadPortableBackend(name);
  if (name === "webgpu") return loadWebGpuBackend();
  if (BACKEND_NAMES.includes(name)) return loadNativeBackend(name);
  throw linkwrightError("L301", { name, expected: ["auto", ...BACKEND_NAMES] });
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
