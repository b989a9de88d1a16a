import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crossEntropy } from "../../src/model/cross-entropy.js";
import { assertClose } from "../fixtures.js";

describe("crossEntropy", () => {
  it("gives shares less what they should be, over the mentions", () => {
    const { loss, gradient } = crossEntropy(
      Float32Array.of(Math.log(3), 0, 15, 0),
      Int32Array.of(0, 2, 4),
      Int32Array.of(-1, 0),
    );
    const wrong = 1 / (1 + Math.exp(15)); // 3e-7 still teaches
    assertClose(gradient.subarray(0, 2), [0.375, -0.375], 1e-7);
    assert.ok(Math.abs((gradient[3] as number) / (wrong / 2) - 1) < 1e-5);
    assert.ok(Math.abs(loss - (Math.log(4) - Math.log1p(-wrong)) / 2) < 1e-6);
  });

  it("takes the slope of what is all but sure as 0, so that no denormal number comes of it", () => {
    const { gradient } = crossEntropy(Float32Array.of(95, 0, 40), Int32Array.of(0, 3), Int32Array.of(0));
    assert.deepEqual([...gradient], [0, 0, 0]);
  });
});
