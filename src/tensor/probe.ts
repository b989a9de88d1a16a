/** What the backends are worth on this machine. Node only. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type BackendName, loadBackend, type TensorFlow } from "./backend.js";
import { askChildren, type UnavailableBackend } from "./backend-child.js";
import { type Matrix, matrix } from "./matrix.js";
import { multiplyWith } from "./multiply.js";

export type BackendReport = AvailableBackend | UnavailableBackend;

export interface AvailableBackend {
  readonly name: BackendName;
  readonly available: true;
  /** The version of the backend's npm package. */
  readonly version: string;
  /** What computes, in words: "libtensorflow 2.9.1 on the CPU". */
  readonly engine: string;
  /** Milliseconds that it took to load. */
  readonly loadMs: number;
  /** Milliseconds of one training step's products in a dense layer: 256 rows, 209 to 128 numbers. Median. */
  readonly stepMs: number;
}

/** Loads and measures each backend in a process of its own. */
export function probeBackends(): Promise<BackendReport[]> {
  return askChildren<AvailableBackend>(new URL("./probe-child.js", import.meta.url));
}

/** Loads a backend into this process and measures it. */
export async function measureBackend(name: BackendName): Promise<AvailableBackend> {
  const start = performance.now();
  const { tf } = await loadBackend(name);
  const loadMs = performance.now() - start;
  const stepMs = layerStep(tf, name === "cpu" || name === "webgpu" ? 3 : 30);
  return {
    name,
    available: true,
    version: packageVersion(name),
    engine: await engineOf(name, tf),
    loadMs,
    stepMs,
  };
}

/** The products of one training step through a layer: forward, and the gradients of its kernel and of what it read. */
function layerStep(tf: TensorFlow, steps: number): number {
  const multiply = multiplyWith(tf);
  const wave = (rows: number, width: number): Matrix =>
    matrix(
      rows,
      width,
      Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i)),
    );
  const inputs = wave(256, 209);
  const kernel = wave(209, 128);
  const times: number[] = [];
  for (let step = 0; step < steps; step++) {
    const start = performance.now();
    const outputs = multiply(inputs, kernel);
    multiply(inputs, outputs, "left");
    multiply(outputs, kernel, "right");
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[steps >> 1] as number;
}

async function engineOf(name: BackendName, tf: TensorFlow): Promise<string> {
  if (name === "cpu") return "plain JavaScript: for tiny tests";
  if (name === "wasm") {
    const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
    return `WebAssembly ${simd ? "with" : "without"} SIMD, one thread`;
  }
  if (name === "webgpu")
    return `WebGPU on ${(tf.backend() as unknown as { readonly device: string }).device}`;
  const { binding, isUsingGpuDevice } = tf.backend() as unknown as {
    readonly binding: { readonly TF_Version: string };
    readonly isUsingGpuDevice: boolean;
  };
  const device = isUsingGpuDevice
    ? "the GPU"
    : `the CPU${name === "tfjs-node-gpu" ? " (no usable GPU found)" : ""}`;
  return `libtensorflow ${binding.TF_Version} on ${device}`;
}

function packageVersion(name: BackendName): string {
  const file = createRequire(import.meta.url).resolve(`${packageOf(name)}/package.json`);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

function packageOf(name: BackendName): string {
  return name.startsWith("tfjs-node") ? `@tensorflow/${name}` : `@tensorflow/tfjs-backend-${name}`;
}
