/** tfjs-node and tfjs-node-gpu: native TensorFlow, from packages that are optional peers of this one. */
import { createRequire } from "node:module";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import util from "node:util";
import { linkwrightError } from "../errors.js";
import { activate, type Backend, loadTensorFlow } from "./portable-backend.js";

export type NativeBackendName = "tfjs-node" | "tfjs-node-gpu";

/** The version that matches our tfjs-core. */
const VERSION = "4.22.0";

let loaded: NativeBackendName | undefined;

export function nativePackage(name: NativeBackendName): string {
  return `@tensorflow/${name}`;
}

/** How to install a native backend, in one line. */
export function howToGet(name: NativeBackendName): string {
  const gpu = name === "tfjs-node-gpu";
  const install = `npm install ${nativePackage(name)}@${VERSION}${gpu ? " (needs an NVIDIA GPU and CUDA)" : ""}`;
  if (process.platform !== "linux" || process.arch !== "x64") return install;
  const script = fileURLToPath(new URL("../../../scripts/install-tfjs-node.sh", import.meta.url));
  return `${install}; behind a proxy that blocks its download: bash ${relative(process.cwd(), script)}${gpu ? " --gpu" : ""}`;
}

/** Whether the package can be found; says nothing about whether it works. */
export function isInstalled(name: NativeBackendName): boolean {
  try {
    createRequire(import.meta.url).resolve(nativePackage(name));
    return true;
  } catch {
    return false;
  }
}

/**
 * Loads native TensorFlow and makes it the active backend. Throws L302 without the package, L303 when it does
 * not load, which includes that this process has loaded the other of the two.
 */
export async function loadNativeBackend(name: NativeBackendName): Promise<Backend> {
  if (!isInstalled(name)) throw linkwrightError("L302", { name, howToGet: howToGet(name) });
  if (loaded && loaded !== name) {
    throw linkwrightError("L303", {
      name,
      reason: `this process runs ${loaded}, and TF.js takes one of them`,
    });
  }
  restoreRemovedUtil();
  // libtensorflow tells of the CPU's features on stderr otherwise, the GPU build of "errors" that are none.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= name === "tfjs-node-gpu" ? "3" : "2";
  const tf = await loadTensorFlow();
  try {
    createRequire(import.meta.url)(nativePackage(name)); // imported, it would be read twice
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw linkwrightError("L303", { name, reason }, error);
  }
  loaded = name;
  return activate(tf, name, "tensorflow");
}

/** tfjs-node 4.22 calls two functions of `util` that Node 22 warns of and Node 23 removed. */
function restoreRemovedUtil(): void {
  const removed = util as unknown as Record<string, unknown>;
  removed.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  removed.isArray = Array.isArray;
}
