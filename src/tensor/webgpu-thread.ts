/** Started by webgpu-backend.ts: multiplies matrices on the GPU, one question after the other. */
import { parentPort, workerData } from "node:worker_threads";
import type { Matrix } from "./matrix.js";
import { loadTensorFlow, type TensorFlow } from "./portable-backend.js";
import type { WebGpuAnswer, WebGpuQuestion, WebGpuStart, WebGpuThreadData } from "./webgpu-backend.js";

/** What the package `webgpu` and an adapter of it have that is used here. */
interface Dawn {
  create(flags: readonly string[]): Gpu;
  readonly globals: object;
}

interface Gpu {
  requestAdapter(options: { readonly powerPreference: string }): Promise<Adapter | null>;
}

interface Adapter {
  readonly info: { readonly vendor: string; readonly device: string; readonly description: string };
}

const NO_ADAPTER = "it found no GPU with a driver for Vulkan, Metal or Direct3D 12";

const { port, answered } = workerData as WebGpuThreadData;
const begun = await begin().catch((error: unknown) => ({ whyNot: String(error) }));
if ("tf" in begun) {
  const { tf } = begun;
  port.on("message", async ({ left, right }: WebGpuQuestion) => {
    answer(await product(tf, left, right).catch((error: unknown) => ({ error: String(error) })));
  });
  tell({ device: begun.device });
} else {
  tell(begun);
}

async function begin(): Promise<{ readonly tf: TensorFlow; readonly device: string } | { whyNot: string }> {
  const { create, globals } = (await importPeer("webgpu")) as Dawn;
  const gpu = create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return { whyNot: NO_ADAPTER };
  // Where TF.js looks for them when its backend is loaded.
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, "navigator", { value: { gpu, userAgent: "Node" }, configurable: true });
  const tf = await loadTensorFlow();
  await importPeer("@tensorflow/tfjs-backend-webgpu");
  if (!(await tf.setBackend("webgpu"))) return { whyNot: "TF.js could not start it" };
  const { vendor, device, description } = adapter.info;
  return { tf, device: [vendor, description || device].filter(Boolean).join(" ") };
}

/** A package that may be missing when this is compiled. */
function importPeer(name: string): Promise<unknown> {
  return import(name);
}

async function product(tf: TensorFlow, left: Matrix, right: Matrix): Promise<WebGpuAnswer> {
  const [a, b] = [left, right].map(({ values, rows, width }) => tf.tensor2d(values, [rows, width]));
  if (!a || !b) throw new TypeError("a matrix is missing");
  const c = tf.matMul(a, b);
  try {
    return { values: (await c.data()) as Float32Array };
  } finally {
    tf.dispose([a, b, c]);
  }
}

function answer(message: WebGpuAnswer): void {
  port.postMessage(message);
  Atomics.store(answered, 0, 1);
  Atomics.notify(answered, 0);
}

function tell(start: WebGpuStart): void {
  parentPort?.postMessage(start);
}
