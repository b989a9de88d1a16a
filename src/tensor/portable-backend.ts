/** The backends that run everywhere TF.js does, the browser included. Nothing behind this file needs Node. */
import * as tf from "@tensorflow/tfjs-core";
import { linkwrightError } from "../errors.js";
import { installKernels, type TensorFlow } from "./kernels.js";

/** TF.js with a backend that is registered and active. TF.js has one active backend a process. */
export interface Backend {
  readonly name: BackendName;
  readonly tf: TensorFlow;
}

/** All backends, the fastest first: the order in which "auto" tries them. */
export const BACKEND_NAMES = ["tfjs-node-gpu", "tfjs-node", "wasm", "cpu"] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];
export type PortableBackendName = "wasm" | "cpu";

export interface LoadBackendOptions {
  /**
   * Register gradients as well: needed to train, and 80 ms and 15 MB that inference can do without.
   * @default true
   */
  readonly gradients?: boolean;
}

/** Loads "wasm" or "cpu", with our kernels, and makes it the active backend. Throws L303 if it does not work. */
export async function loadPortableBackend(
  name: PortableBackendName,
  { gradients = true }: LoadBackendOptions = {},
): Promise<Backend> {
  tf.env().set("PROD", true); // without it the cpu backend prints advertisement for tfjs-node
  if (name === "wasm") await import("@tensorflow/tfjs-backend-wasm");
  else await import("@tensorflow/tfjs-backend-cpu");
  installKernels(tf, name);
  await activate(name, name);
  if (gradients) await import("@tensorflow/tfjs-layers"); // its one way to register tfjs-core's gradients in Node
  return { name, tf };
}

/** Makes a registered TF.js backend the active one. */
export async function activate(name: BackendName, tfjsName: string): Promise<void> {
  const works = await tf.setBackend(tfjsName).catch((error: unknown) => {
    throw linkwrightError("L303", { name, reason: String(error) }, error);
  });
  if (!works) throw linkwrightError("L303", { name, reason: "TF.js could not start it" });
  await tf.ready();
}
