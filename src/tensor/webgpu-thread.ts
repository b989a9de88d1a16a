/** Started by webgpu-backend.ts: multiplies matrices on the GPU, one question after the other. */
import { parentPort, workerData } from "node:worker_threads";
import type { Tensor } from "@tensorflow/tfjs-core";
import { loadTensorFlow, type TensorFlow } from "./portable-backend.js";
import type { Shape, WebGpuAnswer, WebGpuQuestion, WebGpuStart, WebGpuThreadData } from "./webgpu-backend.js";

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
  const multiply = multiplier(begun.tf);
  port.on("message", async (question: WebGpuQuestion) => {
    answer(await multiply(question).catch((error: unknown) => ({ error: String(error) })));
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

function multiplier(tf: TensorFlow): (question: WebGpuQuestion) => Promise<WebGpuAnswer> {
  const [leftOf, rightOf] = [uploader(tf), uploader(tf)];
  return async ({ numbers, left, right }) => {
    const [sizeA, sizeB] = [left[0] * left[1], right[0] * right[1]];
    const a = leftOf(numbers.subarray(0, sizeA), left);
    const b = rightOf(numbers.subarray(sizeA, sizeA + sizeB), right);
    const c = tf.matMul(a, b);
    try {
      numbers.set(await c.data(), sizeA + sizeB);
      return { done: true };
    } finally {
      tf.dispose([a, b, c]);
    }
  };
}

/**
 * Tensors in memory of the device that stays. TF.js by itself takes new memory that both sides can reach for each tensor it
 * uploads, which costs a GPU more than the product.
 */
function uploader(tf: TensorFlow): (numbers: Float32Array, shape: Shape) => Tensor {
  const { device } = tf.backend() as unknown as { readonly device: GPUDevice };
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  let own = new Float32Array(0); // Dawn for Node crashes when it is given shared memory
  let buffer: GPUBuffer | undefined;
  return (numbers, shape) => {
    if (!buffer || own.length < numbers.length) {
      buffer?.destroy();
      own = new Float32Array(2 * numbers.length);
      buffer = device.createBuffer({ size: own.byteLength, usage });
    }
    own.set(numbers);
    device.queue.writeBuffer(buffer, 0, own, 0, numbers.length);
    return tf.tensor({ buffer, zeroCopy: true }, [...shape], "float32");
  };
}

function answer(message: WebGpuAnswer): void {
  port.postMessage(message);
  Atomics.store(answered, 0, 1);
  Atomics.notify(answered, 0);
}

function tell(start: WebGpuStart): void {
  parentPort?.postMessage(start);
}
