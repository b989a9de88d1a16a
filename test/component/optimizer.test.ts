import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Optimizer } from "../../src/component/optimizer.js";
import { makeGradients } from "../../src/model/gradients.js";
import type { Weights } from "../../src/tensor/weights.js";
import { assertClose } from "../fixtures.js";

const PLAIN = { learningRate: 0.1, weightDecay: 0, clipNorm: Number.POSITIVE_INFINITY };
const one = (): Weights => new Map([["w", { shape: [1], values: Float32Array.of(1) }]]);
const value = (weights: Weights | undefined): number => weights?.get("w")?.values[0] as number;

describe("Optimizer", () => {
  it("keeps thinc's running mean: decay (1 + t) / (10 + t)", () => {
    const weights = one();
    const gradients = makeGradients(weights, []);
    const sgd = new Optimizer({ ...PLAIN, useAverages: true });
    let mean = 1;
    for (let t = 1; t <= 4; t++) {
      gradients.dense.get("w")?.set([1]);
      sgd.apply(weights, gradients);
      const keep = (1 + t) / (10 + t);
      mean = keep * mean + (1 - keep) * value(weights);
      assertClose([value(sgd.averages.get(weights))], [mean], 1e-6);
    }
    assert.ok(value(sgd.averages.get(weights)) > value(weights));
  });

  it("keeps none unless it is asked to", () => {
    const weights = one();
    const sgd = new Optimizer(PLAIN);
    sgd.apply(weights, makeGradients(weights, []));
    assert.equal(sgd.averages.size, 0);
  });

  it("takes its rate from a function of the step", () => {
    const weights = one();
    const gradients = makeGradients(weights, []);
    const sgd = new Optimizer({ ...PLAIN, learningRate: (step) => (step === 0 ? 0.5 : 0) });
    for (const expected of [0.5, 0.5]) {
      gradients.dense.get("w")?.set([1]);
      sgd.apply(weights, gradients);
      assertClose([value(weights)], [expected], 1e-6);
    }
  });

  it("keeps the moments of different weights apart", () => {
    const [a, b] = [one(), one()];
    const sgd = new Optimizer({ ...PLAIN, useAverages: true });
    for (const weights of [a, b]) {
      const gradients = makeGradients(weights, []);
      gradients.dense.get("w")?.set([weights === a ? 1 : -1]);
      sgd.apply(weights, gradients);
    }
    assertClose([value(a), value(b)], [0.9, 1.1], 1e-6);
    assert.deepEqual([...sgd.averages.keys()], [a, b]);
  });
});
