import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Gradients, makeGradients, resetGradients } from "../../src/model/gradients.js";
import type { Weights } from "../../src/tensor/weights.js";
import { Adam, cosineRate, keptOfAverages, ratesOf } from "../../src/training/optimizer.js";
import { assertClose } from "../fixtures.js";

const PLAIN = { learningRate: 0.1, weightDecay: 0, clipNorm: Number.POSITIVE_INFINITY };

/** A dense weight of two numbers and a sparse one of three rows of two. */
function setUp(): { weights: Weights; gradients: Gradients; adam: Adam } {
  const weights: Weights = new Map([
    ["dense", { shape: [2], values: Float32Array.of(1, -1) }],
    ["rows", { shape: [3, 2], values: Float32Array.of(1, 2, 3, 4, 5, 6) }],
  ]);
  return { weights, gradients: makeGradients(weights, ["rows"]), adam: new Adam(weights) };
}

function setRow({ sparse }: Gradients, row: number, values: readonly number[]): void {
  sparse.get("rows")?.touch(row);
  sparse.get("rows")?.values.set(values, row * 2);
}

const valuesOf = (weights: Weights, name: string): number[] => [...(weights.get(name)?.values ?? [])];

describe("Adam", () => {
  it("takes the steps of the paper's first example by hand", () => {
    // g = 0.5, then -1. m1 = 0.05, v1 = 0.00025; corrected: 0.5 and 0.25, so that step 1 is the learning rate.
    // m2 = 0.9 x 0.05 - 0.1 = -0.055, v2 = 0.999 x 0.00025 + 0.001 = 0.00124975
    // corrected: -0.055 / 0.19 = -0.289474, 0.00124975 / 0.001999 = 0.625188; step 2 = -0.1 x -0.289474 / 0.790688
    const { weights, gradients, adam } = setUp();
    gradients.dense.get("dense")?.set([0.5, 0]);
    adam.apply(gradients, PLAIN);
    assertClose(valuesOf(weights, "dense"), [0.9, -1], 1e-6);
    gradients.dense.get("dense")?.set([-1, 0]);
    adam.apply(gradients, PLAIN);
    assertClose(valuesOf(weights, "dense"), [0.9 + 0.0366104, -1], 1e-6);
    assertClose(adam.moments.get("m/dense")?.values as Float32Array, [-0.055, 0], 1e-7);
    assertClose(adam.moments.get("v/dense")?.values as Float32Array, [0.00124975, 0], 1e-9);
    assert.equal(adam.steps, 2);
  });

  it("shortens gradients that are too long before both moments", () => {
    const { gradients, adam } = setUp();
    gradients.dense.get("dense")?.set([30, -40]);
    adam.apply(gradients, { ...PLAIN, clipNorm: 10 }); // to [6, -8]
    assertClose(adam.moments.get("m/dense")?.values as Float32Array, [0.6, -0.8], 1e-6);
    assertClose(adam.moments.get("v/dense")?.values as Float32Array, [0.036, 0.064], 1e-7);
  });

  it("takes the weight decay off the weight, not through the moments", () => {
    const { weights, gradients, adam } = setUp();
    adam.apply(gradients, { ...PLAIN, weightDecay: 0.2 });
    assertClose(valuesOf(weights, "dense"), [0.98, -0.98], 1e-6);
    assertClose(adam.moments.get("m/dense")?.values as Float32Array, [0, 0], 0);
  });

  it("moves touched rows of sparse weights only, moments and decay too", () => {
    const { weights, gradients, adam } = setUp();
    setRow(gradients, 1, [4, -4]);
    adam.apply(gradients, PLAIN);
    assertClose(valuesOf(weights, "rows"), [1, 2, 2.9, 4.1, 5, 6], 1e-6);
    resetGradients(gradients);
    setRow(gradients, 2, [1, 0]);
    adam.apply(gradients, { ...PLAIN, weightDecay: 0.5 });
    assertClose(valuesOf(weights, "rows").slice(0, 4), [1, 2, 2.9, 4.1], 1e-6);
    // step 2 on fresh moments: m = 0.1 / 0.19, v = 0.001 / 0.001999, so 0.1 x 0.526316 / 0.707284
    assertClose(valuesOf(weights, "rows").slice(4), [5 * 0.95 - 0.0744137, 6 * 0.95], 1e-6);
  });

  it("shortens the gradient of all weights together to the clip norm", () => {
    const { gradients, adam } = setUp();
    gradients.dense.get("dense")?.set([3, 0]);
    setRow(gradients, 0, [0, 4]);
    adam.apply(gradients, { ...PLAIN, clipNorm: 1 }); // length 5 -> 1
    assertClose(adam.moments.get("m/dense")?.values as Float32Array, [0.06, 0], 1e-7);
    assertClose(valuesOf(adam.moments, "m/rows").slice(0, 2), [0, 0.08], 1e-7);
  });

  it("leaves gradients shorter than the clip norm alone", () => {
    const { gradients, adam } = setUp();
    gradients.dense.get("dense")?.set([0.3, 0.4]);
    adam.apply(gradients, { ...PLAIN, clipNorm: 1 });
    assertClose(adam.moments.get("m/dense")?.values as Float32Array, [0.03, 0.04], 1e-7);
  });

  it("goes on from stored moments as if it had not stopped", () => {
    const [straight, stopped] = [setUp(), setUp()];
    for (const { gradients, adam } of [straight, stopped]) {
      gradients.dense.get("dense")?.set([0.2, -0.7]);
      setRow(gradients, 1, [1, 2]);
      adam.apply(gradients, PLAIN);
    }
    const again = new Adam(stopped.weights);
    again.restore(stopped.adam.moments, stopped.adam.steps);
    straight.adam.apply(straight.gradients, PLAIN);
    again.apply(stopped.gradients, PLAIN);
    assert.deepEqual([...stopped.weights], [...straight.weights]);
    assert.equal(again.steps, 2);
  });
});

describe("cosineRate", () => {
  it("falls from the full rate by a cosine to a tenth, and stays there", () => {
    assertClose(
      [0, 25, 50, 75, 100, 500].map((step) => cosineRate(2, step, 100)),
      [2, 2 * (0.1 + 0.45 * (1 + Math.SQRT1_2)), 1.1, 2 * (0.1 + 0.45 * (1 - Math.SQRT1_2)), 0.2, 0.2],
      1e-12,
    );
  });

  it("is a number when there are no steps", () => {
    assert.equal(cosineRate(1, 0, 0), 1);
  });
});

describe("ratesOf", () => {
  it("corrects the rate for moments that begin at 0, and decays weights by the rate as it was asked for", () => {
    const options = { learningRate: 0.1, weightDecay: 0.2, clipNorm: 1 };
    const [first, second, late] = [1, 2, 100_000].map((step) => ratesOf(options, step).rate);
    assertClose([first as number], [0.1 * (Math.sqrt(0.001) / 0.1)], 1e-12);
    assertClose([second as number], [0.1 * (Math.sqrt(0.001999) / 0.19)], 1e-12);
    assertClose([late as number], [0.1], 1e-9);
    assertClose([ratesOf(options, 1).keep], [0.98], 1e-12);
  });
});

describe("keptOfAverages", () => {
  it("is small at first, and at most 0.9999", () => {
    assertClose([1, 90, 1e6].map(keptOfAverages), [2 / 11, 0.91, 0.9999], 1e-12);
  });
});
