/** The backends that run everywhere TF.js does, the browser included. Nothing behind this file needs Node. */
import { linkwrightError } from "../errors.js";
import type { Gpu } from "./gpu.js";

export type TensorFlow = typeof import("@tensorflow/tfjs-core");

/** TF.js with a backend that is registered and active. TF.js has one active backend a process. */
export interface Backend {
  readonly name: BackendName;
  readonly tf: TensorFlow;
  /** Takes whole steps of a training. */
  readonly gpu?: Gpu;
}

/** Backends that link, in the order in which "auto" tries them. */
export const LINKING_BACKENDS = ["tfjs-node-gpu", "tfjs-node", "wasm", "cpu"] as const;
/** Backends that train: "webgpu" does nothing else, and has to be named. */
export const BACKEND_NAMES = [...LINKING_BACKENDS, "webgpu"] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];
export type PortableBackendName = "wasm" | "cpu";

/** Loads "wasm" or "cpu" and makes it the active backend. Throws L303 if it does not work. */
export async function loadPortableBackend(name: PortableBackendName): Promise<Backend> {
  const tf = await loadTensorFlow();
  if (name === "wasm")
    await required("@tensorflow/tfjs-backend-wasm", () => import("@tensorflow/tfjs-backend-wasm"));
  else await required("@tensorflow/tfjs-backend-cpu", () => import("@tensorflow/tfjs-backend-cpu"));
  return activate(tf, name, name);
}

/** TF.js itself, loaded when the first backend is: that takes longer than all of our own code. */
export async function loadTensorFlow(): Promise<TensorFlow> {
  const tf = await required("@tensorflow/tfjs-core", () => import("@tensorflow/tfjs-core"));
  tf.env().set("PROD", true); // without it the cpu backend prints advertisement for tfjs-node
  return tf;
}

/**
 * A CommonJS package. Node reads its files twice to import it, once for the names that they export; of TF.js that takes
 * four times as long as to require it.
 */
async function required<T>(name: string, imported: () => Promise<T>): Promise<T> {
  const node = globalThis.process?.getBuiltinModule?.("node:module"); // from 20.16 on; nothing else has it
  return node ? (node.createRequire(import.meta.url)(name) as T) : imported();
}

/** Makes a registered TF.js backend the active one. */
export async function activate(tf: TensorFlow, name: BackendName, tfjsName: string): Promise<Backend> {
  const works = await tf.setBackend(tfjsName).catch((error: unknown) => {
    throw linkwrightError("L303", { name, reason: String(error) }, error);
  });
  if (!works) throw linkwrightError("L303", { name, reason: "TF.js could not start it" });
  await tf.ready();
  return { name, tf };
}
