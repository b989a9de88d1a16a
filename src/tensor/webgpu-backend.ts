/** WebGPU in Node, by Dawn: any GPU that has a driver for Vulkan, Metal or Direct3D 12. */
import { createRequire } from "node:module";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { linkwrightError } from "../errors.js";
import { activate, type Backend, loadTensorFlow } from "./portable-backend.js";
import { type Products, registerProducts } from "./product-backend.js";

const PACKAGES = ["webgpu", "@tensorflow/tfjs-backend-webgpu"] as const;

/** A product takes milliseconds; a driver that hangs would hold the process for ever. */
const LONGEST_PRODUCT_MS = 60_000;

export const HOW_TO_GET_WEBGPU =
  "npm install webgpu @tensorflow/tfjs-backend-webgpu@4.22.0 (needs a GPU with a driver for Vulkan, Metal or Direct3D 12)";

/** What webgpu-thread.ts is started with. */
export interface WebGpuThreadData {
  readonly port: MessagePort;
  /** 1 as soon as an answer lies at the port. */
  readonly answered: Int32Array;
}

/** What the thread says once it has begun: its device, or why there is none. */
export type WebGpuStart = { readonly device: string } | { readonly whyNot: string };

/** Asks for a product. */
export interface WebGpuQuestion {
  /** Numbers that both threads see: those of the left matrix, of the right one, and room for those of the product. */
  readonly numbers: Float32Array;
  readonly left: Shape;
  readonly right: Shape;
}

export type Shape = readonly [rows: number, width: number];

/** The product stands where its question left room for it. */
export type WebGpuAnswer = { readonly done: true } | { readonly error: string };

/** The packages that WebGPU needs and that can't be found. */
export function missingWebGpuPackages(): string[] {
  const { resolve } = createRequire(import.meta.url);
  return PACKAGES.filter((name) => {
    try {
      resolve(name);
      return false;
    } catch {
      return true;
    }
  });
}

let started: Promise<Products> | undefined;

/** Makes WebGPU the active backend. Throws L302 without its packages, L303 without a GPU that it can use. */
export async function loadWebGpuBackend(): Promise<Backend> {
  if (missingWebGpuPackages().length > 0)
    throw linkwrightError("L302", { name: "webgpu", howToGet: HOW_TO_GET_WEBGPU });
  const tf = await loadTensorFlow();
  if (!started) {
    started = startThread();
    started.catch(() => {
      started = undefined;
    });
    registerProducts(tf, "webgpu", await started);
  }
  await started;
  return activate(tf, "webgpu", "webgpu");
}

/**
 * A GPU's answers can only be waited for without blocking, and TF.js reads them at once by a canvas, which Node lacks. So
 * TF.js's WebGPU backend lives in a thread of its own, and ours sleeps until the product is there: the model stays one
 * synchronous function. Rejected: an asynchronous model, as every other backend would pay for each of its products.
 */
async function startThread(): Promise<Products> {
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const { port1: port, port2 } = new MessageChannel();
  const workerData: WebGpuThreadData = { port: port2, answered };
  const file = new URL("./webgpu-thread.js", import.meta.url);
  const thread = new Worker(file, { workerData, transferList: [port2] });
  const start = await new Promise<WebGpuStart>((resolve) => {
    thread.once("message", resolve);
    thread.once("error", (error) => resolve({ whyNot: String(error) }));
    thread.once("exit", (code) => resolve({ whyNot: `its thread ended with ${code}` }));
  });
  if ("whyNot" in start) {
    await thread.terminate();
    throw linkwrightError("L303", { name: "webgpu", reason: start.whyNot }, new Error(start.whyNot));
  }
  thread.unref();
  return { device: start.device, multiply: multiplier({ port, answered }) };
}

/** Hands numbers over in memory that both threads see: to post them would copy them twice, into memory that is new. */
function multiplier(thread: WebGpuThreadData): Products["multiply"] {
  let numbers = new Float32Array(new SharedArrayBuffer(0));
  return (left, right) => {
    const start = left.values.length + right.values.length;
    const end = start + left.rows * right.width;
    if (numbers.length < end)
      numbers = new Float32Array(new SharedArrayBuffer(2 * end * Float32Array.BYTES_PER_ELEMENT));
    numbers.set(left.values);
    numbers.set(right.values, left.values.length);
    askThread({ numbers, left: [left.rows, left.width], right: [right.rows, right.width] }, thread);
    return numbers.slice(start, end);
  };
}

/** Of threads that did not answer in time: what they say later is the answer to an older question. */
const late = new WeakSet<Int32Array>();

/** Sleeps until the thread has answered: looks again when woken, as the last answer's notice may come late. @throws L305 */
export function askThread(
  question: WebGpuQuestion,
  { port, answered }: WebGpuThreadData,
  longestMs: number = LONGEST_PRODUCT_MS,
): void {
  if (late.has(answered)) throw linkwrightError("L305", { reason: "it did not answer an earlier product" });
  Atomics.store(answered, 0, 0);
  port.postMessage(question);
  while (Atomics.load(answered, 0) === 0) {
    if (Atomics.wait(answered, 0, 0, longestMs) === "timed-out") {
      late.add(answered);
      throw linkwrightError("L305", { reason: `no answer in ${longestMs / 1000} seconds` });
    }
  }
  const answer = receiveMessageOnPort(port)?.message as WebGpuAnswer;
  if ("error" in answer) throw linkwrightError("L305", { reason: answer.error });
}
