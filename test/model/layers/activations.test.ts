import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gelu, geluBackwardInPlace, tanhInPlace } from "../../../src/model/layers/activations.js";
import { assertClose } from "../../fixtures.js";

/** More numbers than are computed at once, small and large, and not a multiple of four. */
const NUMBERS = Float32Array.from(
  { length: 5003 },
  (_, i) => (i % 2 === 0 ? 1 : -1) * 1e-6 * Math.exp(i / 250),
);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-1.702 * x));
const CLOSE = 3e-7;

describe("activations", () => {
  it("tanhInPlace is Math.tanh", () => {
    const values = NUMBERS.slice();
    tanhInPlace(values);
    assertClose(values, NUMBERS.map(Math.tanh), CLOSE);
  });

  it("gelu is x sigmoid(1.702 x), in an array of its own", () => {
    const values = NUMBERS.slice();
    assertClose(
      gelu(values),
      NUMBERS.map((x) => x * sigmoid(x)),
      CLOSE,
    );
    assert.deepEqual(values, NUMBERS);
  });

  it("geluBackwardInPlace multiplies by gelu's derivative", () => {
    const gradient = NUMBERS.map((_, i) => 1 + (i % 7));
    const expected = gradient.map((g, i) => {
      const x = NUMBERS[i] as number;
      return g * sigmoid(x) * (1 + 1.702 * x * (1 - sigmoid(x)));
    });
    geluBackwardInPlace(gradient, NUMBERS);
    assertClose(gradient, expected, 1e-6);
  });

  it("what is no number stays none, and infinity has its limit", () => {
    const values = Float32Array.of(Number.NaN, Infinity, -Infinity, 1e30, -1e30);
    assert.ok(Number.isNaN(gelu(values)[0]));
    tanhInPlace(values);
    assert.ok(Number.isNaN(values[0]));
    assertClose(values.subarray(1), [1, -1, 1, -1], CLOSE);
  });
});
