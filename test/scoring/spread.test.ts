import { describe, it } from "node:test";
import { spreadOf } from "../../src/scoring/spread.js";
import { assertClose } from "../fixtures.js";

describe("spreadOf", () => {
  const assertSpread = (values: readonly number[], mean: number, sd: number): void => {
    const found = spreadOf(values);
    assertClose([found.mean, found.sd], [mean, sd], 1e-12, values.join(", "));
  };

  it("is the mean and the standard deviation of a sample", () => {
    // Squares of the distances to 5: 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, over 8 - 1.
    assertSpread([2, 4, 4, 4, 5, 5, 7, 9], 5, Math.sqrt(32 / 7));
    assertSpread([0.8, 0.9], 0.85, Math.sqrt(2 * 0.05 ** 2));
    assertSpread([-1, 1], 0, Math.SQRT2);
  });

  it("of one value, or of equal ones, is 0 wide", () => {
    assertSpread([0.7], 0.7, 0);
    assertSpread([0.5, 0.5, 0.5], 0.5, 0);
  });
});
