import type { Matrix } from "../../tensor/matrix.js";
import type { Multiply } from "../../tensor/multiply.js";
import type { Weights } from "../../tensor/weights.js";
import type { Gradients } from "../gradients.js";
import { tanhBackwardInPlace, tanhInPlace } from "./activations.js";
import { DenseLayer } from "./dense-layer.js";

/** tanh(x kernel + bias) */
export class Encoder {
  private readonly layer: DenseLayer;

  constructor(multiply: Multiply, weights: Weights, kernelName: string, biasName: string) {
    this.layer = new DenseLayer(multiply, weights, kernelName, biasName);
  }

  forward(x: Matrix): Matrix {
    const y = this.layer.forward(x);
    tanhInPlace(y.values);
    return y;
  }

  /** @param dy gradient of `y`, which becomes that of what tanh was given @returns gradient of x */
  backward(x: Matrix, y: Matrix, dy: Matrix, gradients: Gradients): Matrix {
    tanhBackwardInPlace(dy.values, y.values);
    return this.layer.backward(x, dy, gradients);
  }
}
