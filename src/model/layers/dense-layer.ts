import { type Matrix, matrix } from "../../tensor/matrix.js";
import type { Multiply } from "../../tensor/multiply.js";
import type { Weight, Weights } from "../../tensor/weights.js";
import type { Gradients } from "../gradients.js";

/** x kernel + bias, or x kernel where no bias is named. */
export class DenseLayer {
  private readonly kernel: Matrix;
  private readonly bias: Float32Array | undefined;

  constructor(
    private readonly multiply: Multiply,
    weights: Weights,
    private readonly kernelName: string,
    private readonly biasName?: string,
  ) {
    const { shape, values } = weights.get(kernelName) as Weight;
    this.kernel = matrix(shape[0] as number, shape[1] as number, values);
    this.bias = biasName === undefined ? undefined : weights.get(biasName)?.values;
  }

  forward(x: Matrix): Matrix {
    const y = this.multiply(x, this.kernel);
    const { bias } = this;
    if (bias) {
      for (let from = 0; from < y.values.length; from += y.width) {
        for (let j = 0; j < y.width; j++)
          y.values[from + j] = (y.values[from + j] as number) + (bias[j] as number);
      }
    }
    return y;
  }

  /**
   * Writes the gradients of kernel and bias.
   * @param x what {@link forward} was given
   * @param dy gradient of what it gave
   * @returns gradient of x
   */
  backward(x: Matrix, dy: Matrix, { dense }: Gradients): Matrix {
    dense.get(this.kernelName)?.set(this.multiply(x, dy, "left").values);
    if (this.biasName !== undefined) addColumns(dense.get(this.biasName) as Float32Array, dy);
    return this.multiply(dy, this.kernel, "right");
  }
}

/** Adds up each column. */
function addColumns(sums: Float32Array, { values, width }: Matrix): void {
  for (let from = 0; from < values.length; from += width) {
    for (let j = 0; j < width; j++) sums[j] = (sums[j] as number) + (values[from + j] as number);
  }
}
