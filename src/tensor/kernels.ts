/**
 * Kernels that TF.js 4.22 lacks or does slowly on its portable backends, registered over its own:
 *
 * - UnsortedSegmentSum, the gradient of gather: absent on wasm, and on cpu a loop over every segment.
 * - BatchMatMul on wasm: a transposed operand, as every matmul's gradient has, takes a naive path at a tenth
 *   of the speed; here it is transposed first.
 * - GatherV2 on wasm: rows are copied within the heap, 40 to 100 times as fast.
 */
import type { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type {
  BatchMatMulAttrs,
  GatherV2Attrs,
  KernelFunc,
  TensorInfo,
  TypedArray,
  UnsortedSegmentSumAttrs,
} from "@tensorflow/tfjs-core";
import { linkwrightError } from "../errors.js";

export type TensorFlow = typeof import("@tensorflow/tfjs-core");

type Inputs<Names extends string> = Readonly<Record<Names, TensorInfo>>;

/** From this row width on, `copyWithin` is faster than a loop. */
const COPY_WIDTH = 16;

const installed = new Set<string>();

/** Puts our kernels into a registered backend, once a process. */
export function installKernels(tf: TensorFlow, backend: "wasm" | "cpu"): void {
  if (installed.has(backend)) return;
  installed.add(backend);
  if (backend === "cpu") {
    replaceKernel(tf, backend, "UnsortedSegmentSum", segmentSumOnCpu);
    return;
  }
  replaceKernel(tf, backend, "UnsortedSegmentSum", segmentSumOnWasm);
  replaceKernel(tf, backend, "GatherV2", gatherRowsOnWasm(kernelOf(tf, "GatherV2")));
  replaceKernel(
    tf,
    backend,
    "BatchMatMul",
    matMulOnWasm(kernelOf(tf, "BatchMatMul"), kernelOf(tf, "Transpose")),
  );
}

/** The old kernel's setup stays: the backend runs it when it starts, and the kernels that ours call need it. */
function replaceKernel(
  tf: TensorFlow,
  backendName: string,
  kernelName: string,
  kernelFunc: KernelFunc,
): void {
  const old = tf.getKernel(kernelName, backendName);
  if (old) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ ...old, kernelName, backendName, kernelFunc });
}

type SingleKernel = (...args: Parameters<KernelFunc>) => TensorInfo;

function kernelOf(tf: TensorFlow, kernelName: string): SingleKernel {
  return tf.getKernel(kernelName, "wasm").kernelFunc as SingleKernel;
}

const segmentSumOnCpu: KernelFunc = ({ inputs, attrs, backend }) => {
  const { x, segmentIds } = inputs as Inputs<"x" | "segmentIds">;
  const { numSegments } = attrs as unknown as UnsortedSegmentSumAttrs;
  const cpu = backend as MathBackendCPU;
  const valuesOf = (tensor: TensorInfo) => cpu.data.get(tensor.dataId).values as TypedArray;
  const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
  const size = shape.reduce((a, b) => a * b, 1);
  const sums = x.dtype === "int32" ? new Int32Array(size) : new Float32Array(size);
  addSegments(valuesOf(x), valuesOf(segmentIds), sums, numSegments);
  return cpu.makeTensorInfo(shape, x.dtype, sums);
};

const segmentSumOnWasm: KernelFunc = ({ inputs, attrs, backend }) => {
  const { x, segmentIds } = inputs as Inputs<"x" | "segmentIds">;
  const { numSegments } = attrs as unknown as UnsortedSegmentSumAttrs;
  const wasm = backend as BackendWasm;
  // Allocating may grow the heap, which detaches every view on it: make the output first.
  const out = wasm.makeOutput([numSegments, ...x.shape.slice(segmentIds.shape.length)], x.dtype);
  const sums = wasm.typedArrayFromHeap(out).fill(0);
  addSegments(wasm.typedArrayFromHeap(x), wasm.typedArrayFromHeap(segmentIds), sums, numSegments);
  return out;
};

/** Ids outside [0, numSegments) are left out, as TF.js does. */
function addSegments(values: TypedArray, ids: TypedArray, sums: TypedArray, numSegments: number): void {
  if (ids.length === 0 || numSegments === 0) return;
  const width = values.length / ids.length;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (id < 0 || id >= numSegments) continue;
    const from = i * width;
    const to = id * width;
    for (let j = 0; j < width; j++) (sums[to + j] as number) += values[from + j] as number;
  }
}

/** Rows along axis 0; anything else goes to TF.js's own kernel. */
function gatherRowsOnWasm(original: SingleKernel): KernelFunc {
  return (args) => {
    const { x, indices } = args.inputs as Inputs<"x" | "indices">;
    const { axis, batchDims } = args.attrs as unknown as GatherV2Attrs;
    const rows = x.shape[0] ?? 0;
    const width = x.shape.slice(1).reduce((a, b) => a * b, 1);
    if (axis !== 0 || batchDims !== 0 || x.dtype === "string" || rows * width === 0) return original(args);
    const wasm = args.backend as BackendWasm;
    const out = wasm.makeOutput([...indices.shape, ...x.shape.slice(1)], x.dtype);
    const ids = wasm.typedArrayFromHeap(indices);
    const wrong = ids.findIndex((id) => id < 0 || id >= rows);
    if (wrong >= 0) {
      const index = ids[wrong] as number;
      wasm.disposeData(out.dataId);
      throw linkwrightError("L304", { index, rows, at: wrong });
    }
    copyRows(wasm.typedArrayFromHeap(x), wasm.typedArrayFromHeap(out), { ids, width });
    return out;
  };
}

function copyRows(
  from: TypedArray,
  to: TypedArray,
  { ids, width }: { readonly ids: TypedArray; readonly width: number },
): void {
  if (width < COPY_WIDTH) {
    for (let i = 0, p = 0; i < ids.length; i++) {
      const row = (ids[i] as number) * width;
      for (let j = 0; j < width; j++) to[p++] = from[row + j] as number;
    }
    return;
  }
  const bytes = from.BYTES_PER_ELEMENT * width;
  const heap = new Uint8Array(from.buffer); // both are views on the one heap
  for (let i = 0; i < ids.length; i++) {
    const start = from.byteOffset + (ids[i] as number) * bytes;
    heap.copyWithin(to.byteOffset + i * bytes, start, start + bytes);
  }
}

/** A batch of several goes through the naive path either way, so transposing it first would only add work. */
function matMulOnWasm(original: SingleKernel, transpose: SingleKernel): KernelFunc {
  return (args) => {
    const { a, b } = args.inputs as Inputs<"a" | "b">;
    const { transposeA, transposeB } = args.attrs as unknown as BatchMatMulAttrs;
    const single = (tensor: TensorInfo) => tensor.shape.slice(0, -2).every((size) => size === 1);
    if (!(transposeA || transposeB) || !single(a) || !single(b)) return original(args);
    const wasm = args.backend as BackendWasm;
    const left = transposeA ? swapLastAxes(a, wasm, transpose) : a;
    const right = transposeB ? swapLastAxes(b, wasm, transpose) : b;
    const inputs = { a: left, b: right };
    const product = original({ inputs, backend: wasm, attrs: { transposeA: false, transposeB: false } });
    if (left !== a) wasm.disposeData(left.dataId);
    if (right !== b) wasm.disposeData(right.dataId);
    return product;
  };
}

function swapLastAxes(x: TensorInfo, backend: BackendWasm, transpose: SingleKernel): TensorInfo {
  const last = x.shape.length - 1;
  const perm = [...Array.from({ length: last - 1 }, (_, axis) => axis), last, last - 1];
  return transpose({ inputs: { x }, backend, attrs: { perm } });
}
