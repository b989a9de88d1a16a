/** What the backends are worth on this machine. Node only. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Backend, type BackendName, loadTrainingBackend, type TensorFlow } from "./backend.js";
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
  /**
   * Milliseconds of one training step's products in a dense layer: 256 rows, 209 to 128 numbers. Median. None of
   * "webgpu", which takes whole steps.
   */
  readonly stepMs?: number;
}

/** Loads and measures each backend in a process of its own. */
export function probeBackends(): Promise<BackendReport[]> {
  return askChildren<AvailableBackend>(new URL("./probe-child.js", import.meta.url));
}

/** Loads a backend into this process and measures it. */
export async function measureBackend(name: BackendName): Promise<AvailableBackend> {
  const start = performance.now();
  const backend = await loadTrainingBackend(name);
  const loadMs = performance.now() - start;
  return {
    name,
    available: true,
    version: packageVersion(name),
    engine: await engineOf(backend),
    loadMs,
    ...(!backend.gpu && { stepMs: layerStep(backend.tf, name === "cpu" ? 3 : 30) }),
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

async function engineOf({ name, tf, gpu }: Backend): Promise<string> {
  if (gpu) return `WebGPU on ${gpu.name}`;
  if (name === "cpu") return "plain JavaScript: for tiny tests";
  if (name === "wasm") {
    const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
    return `WebAssembly ${simd ? "with" : "without"} SIMD, one thread`;
  }
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
  if (name === "webgpu") return name;
  return name.startsWith("tfjs-node") ? `@tensorflow/${name}` : `@tensorflow/tfjs-backend-${name}`;
}
