import type { Tensor } from "@tensorflow/tfjs-core";
import { zeros } from "./pass-memory.js";
import type { TensorFlow } from "./portable-backend.js";

/** Numbers in rows of one width, row after row. [rows x width] */
export interface Matrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly width: number;
}

/** A matrix of these values; without any of zeros that last as long as the pass. */
export function matrix(rows: number, width: number, values: Float32Array = zeros(rows * width)): Matrix {
  return { values, rows, width };
}

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
    const a = transposed === "left" ? transpose(left) : left;
    const b = transposed === "right" ? transpose(right) : right;
    if (a.width !== b.rows || !isWhole(a) || !isWhole(b))
      throw new RangeError(`no product: ${shown(a)}, ${shown(b)}`);
    if (a.width === 1 || b.width === 1) return multiplyVector(a, b);
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
      const product = engine.runKernel("BatchMatMul", inputs, AS_THEY_ARE) as Tensor;
      temporary.push(product);
      return matrix(a.rows, b.width, numbersOf(product, tf));
    } finally {
      for (const tensor of temporary) tensor.dispose();
    }
  };
}

/** TF.js's wasm backend, which can show where a tensor's numbers lie. */
type Heap = Pick<import("@tensorflow/tfjs-backend-wasm").BackendWasm, "typedArrayFromHeap">;

/** What dataSync gives is new memory each time, which V8 collects its whole heap for; where it can, the pass's is used. */
function numbersOf(product: Tensor, tf: TensorFlow): Float32Array {
  const backend = tf.backend() as Partial<Heap>;
  if (!backend.typedArrayFromHeap) return product.dataSync() as Float32Array;
  const values = zeros(product.size);
  values.set(backend.typedArrayFromHeap(product) as Float32Array);
  return values;
}

const isWhole = ({ values, rows, width }: Matrix): boolean => values.length === rows * width;
const shown = ({ values, rows, width }: Matrix): string => `${rows} x ${width} (${values.length} numbers)`;

/** The product where a column or a row of numbers is one of the two. */
function multiplyVector(a: Matrix, b: Matrix): Matrix {
  const product = matrix(a.rows, b.width);
  for (let row = 0; row < a.rows; row++) {
    for (let column = 0; column < b.width; column++) {
      let sum = 0;
      for (let k = 0; k < a.width; k++) {
        sum += (a.values[row * a.width + k] as number) * (b.values[k * b.width + column] as number);
      }
      product.values[row * b.width + column] = sum;
    }
  }
  return product;
}

export function transpose({ values, rows, width }: Matrix): Matrix {
  const swapped = matrix(width, rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0, from = row * width; column < width; column++) {
      swapped.values[column * rows + row] = values[from + column] as number;
    }
  }
  return swapped;
}

/** The rows of a matrix that `places` names, in that order. */
export function gatherRows({ values, width }: Matrix, places: Int32Array): Matrix {
  const gathered = matrix(places.length, width);
  places.forEach((from, to) => {
    gathered.values.set(values.subarray(from * width, (from + 1) * width), to * width);
  });
  return gathered;
}

/** Adds to each row of `sums` the row that `places` names for it. */
export function addGathered(sums: Matrix, { values, width }: Matrix, places: Int32Array): void {
  for (let r = 0; r < places.length; r++) {
    const from = (places[r] as number) * width;
    const to = r * width;
    for (let j = 0; j < width; j++) {
      sums.values[to + j] = (sums.values[to + j] as number) + (values[from + j] as number);
    }
  }
}

/** Adds each row to the row of `sums` that `places` names: the gradient of {@link gatherRows} and {@link addGathered}. */
export function addToRows(sums: Matrix, places: Int32Array, { values, width }: Matrix): void {
  for (let r = 0; r < places.length; r++) {
    const to = (places[r] as number) * width;
    const from = r * width;
    for (let j = 0; j < width; j++) {
      sums.values[to + j] = (sums.values[to + j] as number) + (values[from + j] as number);
    }
  }
}

/** sums += values */
export function addTo(sums: Float32Array, values: Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (values[i] as number);
}

/** out[at..] += factor x values[from..] */
export function addScaled(
  out: Float32Array,
  at: number,
  factor: number,
  values: Float32Array,
  from: number,
  width: number,
): void {
  for (let j = 0; j < width; j++)
    out[at + j] = (out[at + j] as number) + factor * (values[from + j] as number);
}

/** A copy of which `mask` leaves out numbers; the matrix itself without one. */
export function masked(x: Matrix, mask: Float32Array | undefined): Matrix {
  if (!mask) return x;
  const copy = matrix(x.rows, x.width, x.values.slice());
  multiplyBy(copy.values, mask);
  return copy;
}

/** values *= factors, where there are any: the masks of dropout. */
export function multiplyBy(values: Float32Array, factors: Float32Array | undefined): void {
  if (!factors) return;
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * (factors[i] as number);
}
