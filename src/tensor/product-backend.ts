import type { DataType, KernelBackend, Tensor2D } from "@tensorflow/tfjs-core";
import { type Matrix, matrix } from "./matrix.js";
import type { TensorFlow } from "./portable-backend.js";

/** What does the products of a backend, and where. */
export interface Products {
  /** In words, for people. */
  readonly device: string;
  /** The product of two matrices, neither of them transposed. */
  multiply(left: Matrix, right: Matrix): Float32Array;
}

/**
 * Registers a TF.js backend with the one kernel that our models need, the product of two matrices. Its tensors are arrays
 * in memory, so that all of them can be read at once, wherever the products are done.
 */
export function registerProducts(tf: TensorFlow, name: string, products: Products): void {
  tf.registerBackend(name, () => arraysBackend(tf, products.device));
  tf.registerKernel({
    kernelName: "BatchMatMul",
    backendName: name,
    kernelFunc: ({ inputs, backend: given, attrs }) => {
      const backend = given as KernelBackend;
      if (attrs?.transposeA || attrs?.transposeB) throw new Error(`${name} multiplies no transposed matrix`);
      const [left, right] = [inputs.a as Tensor2D, inputs.b as Tensor2D].map(({ dataId, shape }) =>
        matrix(shape[0], shape[1], backend.readSync(dataId) as Float32Array),
      ) as [Matrix, Matrix];
      const shape = [left.rows, right.width];
      const dataId = backend.write(products.multiply(left, right), shape, "float32");
      return { dataId, shape, dtype: "float32" };
    },
  });
}

interface Stored {
  readonly values: Float32Array;
  readonly shape: number[];
  readonly dtype: DataType;
  /** Tensors that share the values. */
  users: number;
}

/** Keeps tensors' values and computes nothing; `device` is for reports. */
function arraysBackend(tf: TensorFlow, device: string): KernelBackend & { readonly device: string } {
  class ArraysBackend extends tf.KernelBackend {
    readonly device = device;
    private readonly data = new tf.DataStorage<Stored>(this, tf.engine());

    override write(values: Float32Array, shape: number[], dtype: DataType): object {
      const dataId = {};
      this.move(dataId, values, shape, dtype, 1);
      return dataId;
    }

    override move(id: object, values: Float32Array, shape: number[], dtype: DataType, users: number): void {
      this.data.set(id, { values, shape, dtype, users });
    }

    override readSync(id: object): Float32Array {
      return this.data.get(id).values;
    }

    override async read(id: object): Promise<Float32Array> {
      return this.readSync(id);
    }

    override incRef(id: object): void {
      this.data.get(id).users++;
    }

    private decRef(id: object): void {
      this.data.get(id).users--;
    }

    override refCount(id: object): number {
      return this.data.has(id) ? this.data.get(id).users : 0;
    }

    override disposeData(id: object, force = false): boolean {
      if (!this.data.has(id)) return true;
      this.decRef(id);
      if (!force && this.refCount(id) > 0) return false;
      return this.data.delete(id);
    }

    override numDataIds(): number {
      return this.data.numDataIds();
    }

    override memory(): { unreliable: boolean } {
      return { unreliable: false };
    }

    override floatPrecision(): 32 {
      return 32;
    }

    override epsilon(): number {
      return 1e-7;
    }

    override timerAvailable(): boolean {
      return false;
    }
  }
  return new ArraysBackend();
}
