import type { Tensor } from "@tensorflow/tfjs-core";
import { type Matrix, matrix, transpose } from "./matrix.js";
import { unset } from "./pass-memory.js";
import type { TensorFlow } from "./portable-backend.js";
import { vectorProduct } from "./vector-product.js";

/** Multiplies two matrices, or the transposed left or right one with the other. */
export type Multiply = (left: Matrix, right: Matrix, transposed?: "left" | "right") => Matrix;

/**
 * Products by TF.js's active backend; no tensor outlives the call. What has to be transposed is transposed here: the wasm
 * backend multiplies transposed matrices at a tenth of its speed. A vector is not worth the way to the backend.
 */
export function multiplyWith(tf: TensorFlow): Multiply {
  return multiplier(tf);
}

/**
 * As {@link multiplyWith}, for right matrices whose values never change: each goes to the backend once, and stays there
 * until the function that is returned is garbage.
 */
export function multiplyByConstants(tf: TensorFlow): Multiply {
  const constants = new Map<Float32Array, Tensor>();
  const multiply = multiplier(tf, ({ values, rows, width }) => {
    const known = constants.get(values) ?? tf.keep(tf.tensor2d(values, [rows, width]));
    constants.set(values, known);
    return known;
  });
  garbage.register(multiply, constants);
  return multiply;
}

const garbage = new FinalizationRegistry<ReadonlyMap<Float32Array, Tensor>>((constants) => {
  for (const tensor of constants.values()) tensor.dispose();
});

const AS_THEY_ARE = { transposeA: false, transposeB: false };

/** @param kept right matrices that stay with the backend */
function multiplier(tf: TensorFlow, kept?: (right: Matrix) => Tensor): Multiply {
  const engine = tf.engine();
  return (left, right, transposed) => {
    checkSizes(left, right, transposed);
    const product = vectorProduct(left, right, transposed);
    if (product) return product;
    const a = transposed === "left" ? transpose(left) : left;
    const b = transposed === "right" ? transpose(right) : right;
    if (a.values.length === 0 || b.values.length === 0) return matrix(a.rows, b.width);
    const temporary: Tensor[] = [];
    const tensorOf = ({ values, rows, width }: Matrix): Tensor => {
      const tensor = engine.makeTensor(values, [rows, width], "float32");
      temporary.push(tensor);
      return tensor;
    };
    try {
      // Only what was given can be kept, not what was made of it just now.
      const inputs = { a: tensorOf(a), b: kept && b === right ? kept(right) : tensorOf(b) };
      // tf.matMul's checks, records and scopes take longer than a small product.
      const tensor = engine.runKernel("BatchMatMul", inputs, AS_THEY_ARE) as Tensor;
      temporary.push(tensor);
      return matrix(a.rows, b.width, numbersOf(tensor, tf));
    } finally {
      for (const tensor of temporary) tensor.dispose();
    }
  };
}

/** TF.js's wasm backend, which can show where a tensor's numbers lie. */
type Heap = Pick<import("@tensorflow/tfjs-backend-wasm").BackendWasm, "typedArrayFromHeap">;

/** What dataSync gives is new memory each time, which V8 collects its whole heap for; where it can, the pass's is used. */
function numbersOf(tensor: Tensor, tf: TensorFlow): Float32Array {
  const backend = tf.backend() as Partial<Heap>;
  if (!backend.typedArrayFromHeap) return tensor.dataSync() as Float32Array;
  const values = unset(tensor.size);
  values.set(backend.typedArrayFromHeap(tensor) as Float32Array);
  return values;
}

/** @throws RangeError sizes that don't go together */
function checkSizes(left: Matrix, right: Matrix, transposed?: "left" | "right"): void {
  const inner = transposed === "left" ? left.rows : left.width;
  const other = transposed === "right" ? right.width : right.rows;
  if (inner === other && isWhole(left) && isWhole(right)) return;
  throw new RangeError(
    `no product${transposed ? `, ${transposed} transposed` : ""}: ${shown(left)}, ${shown(right)}`,
  );
}

const isWhole = ({ values, rows, width }: Matrix): boolean => values.length === rows * width;
const shown = ({ values, rows, width }: Matrix): string => `${rows} x ${width} (${values.length} numbers)`;
