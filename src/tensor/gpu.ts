/** WebGPU in Node, by Dawn: any GPU that has a driver for Vulkan, Metal or Direct3D 12. */
import { createRequire } from "node:module";
import { linkwrightError } from "../errors.js";

export interface Gpu {
  readonly device: GPUDevice;
  /** In words, for people. */
  readonly name: string;
  /** Why it can't be relied on any more, if that is so: it was lost, or refused what it was told. */
  failure(): string | undefined;
}

/** What is used here of the package `webgpu`, which may be missing when this is compiled. */
interface Package {
  create(flags: readonly string[]): Dawn;
  readonly globals: object;
}

interface Dawn {
  requestAdapter(options: GPURequestAdapterOptions): Promise<GPUAdapter | null>;
}

/** The types that TF.js brings are older than the package. */
type AdapterInfo = GPUAdapterInfo & { readonly isFallbackAdapter?: boolean };

const PACKAGE = "webgpu";

export const NO_GPU =
  "it found no GPU with a driver for Vulkan, Metal or Direct3D 12 (Vulkan also needs its loader: on Linux libvulkan.so.1)";

export const HOW_TO_GET_WEBGPU =
  "npm install webgpu (needs a GPU with a driver for Vulkan, Metal or Direct3D 12)";

/** Whether the package can be found; says nothing about whether there is a GPU. */
export function isWebGpuInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve(PACKAGE);
    return true;
  } catch {
    return false;
  }
}

/** Held for ever: Dawn takes the process along when it is collected. */
let dawn: Dawn | undefined;
let opened: Promise<Gpu> | undefined;
/** What `opened` gave. */
let current: Gpu | undefined;

/**
 * The process's one GPU, with buffers as large as it can have. One that failed is opened anew.
 * @throws L302 without the package, L303 when there is no GPU that it can use
 */
export function openGpu(): Promise<Gpu> {
  opened ??= open().catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

async function open(): Promise<Gpu> {
  if (!isWebGpuInstalled()) throw linkwrightError("L302", { name: "webgpu", howToGet: HOW_TO_GET_WEBGPU });
  try {
    return await openDevice(await requestAdapter());
  } catch (error) {
    const reason = firstLine(error instanceof Error ? error.message : String(error));
    throw linkwrightError("L303", { name: "webgpu", reason }, error);
  }
}

async function requestAdapter(): Promise<GPUAdapter> {
  if (!dawn) {
    const { create, globals } = (await import(PACKAGE)) as Package;
    Object.assign(globalThis, globals); // GPUBufferUsage and its like, where browsers have them
    dawn = create([]);
  }
  const adapter = await dawn.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Error(NO_GPU);
  return adapter;
}

async function openDevice(adapter: GPUAdapter): Promise<Gpu> {
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: { maxStorageBufferBindingSize, maxBufferSize },
  });
  let failure: string | undefined;
  const gpu = { device, name: nameOf(adapter), failure: () => failure };
  const fail = ({ message }: { readonly message: string }): void => {
    failure ??= firstLine(message);
    if (current === gpu) opened = current = undefined; // the next who asks gets another
  };
  device.lost.then(fail);
  device.onuncapturederror = (event) => {
    event.preventDefault(); // Dawn writes it to stdout otherwise
    fail(event.error);
  };
  current = gpu;
  return gpu;
}

function nameOf({ info }: GPUAdapter): string {
  const { vendor, device, description, isFallbackAdapter } = info as AdapterInfo;
  const name = [vendor, description || device].filter(Boolean).join(" ");
  return isFallbackAdapter ? `${name} (a CPU, made to look like a GPU)` : name;
}

/** What Dawn says, without the lines on where each call came from, and without the full stop. */
export const firstLine = (text: string): string => (text.split("\n")[0] as string).replace(/\.$/, "");
