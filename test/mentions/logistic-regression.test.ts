import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fitLogistic, logOdds } from "../../src/mentions/logistic-regression.js";
import { assertClose } from "../fixtures.js";

/** Rows of one column that are 1 `ones` times in `all`. */
function examples(groups: readonly { x: number; ones: number; all: number }[]) {
  const rows = groups.flatMap(({ x, ones, all }) =>
    Array.from({ length: all }, (_, i) => [x, Number(i < ones)] as const),
  );
  return {
    values: Float64Array.from(rows, ([x]) => x),
    labels: Uint8Array.from(rows, ([, label]) => label),
    width: 1,
  };
}

describe("fitLogistic", () => {
  it("gives the log-odds of two groups, almost without a ridge", () => {
    const weights = fitLogistic(
      examples([
        { x: 0, ones: 20, all: 100 },
        { x: 2, ones: 75, all: 100 },
      ]),
      1e-9,
    );
    const rows = Float64Array.of(0, 2);
    assertClose(
      [logOdds(weights, rows, 0), logOdds(weights, rows, 1)],
      [Math.log(20 / 80), Math.log(75 / 25)],
      1e-6,
    );
  });

  it("stays finite where one group is always right, and where a column never differs", () => {
    const split = fitLogistic(
      examples([
        { x: 0, ones: 0, all: 50 },
        { x: 1, ones: 50, all: 50 },
      ]),
    );
    const rows = Float64Array.of(0, 1);
    assert.ok(split.every(Number.isFinite) && logOdds(split, rows, 1) > 2 && logOdds(split, rows, 0) < -2);
    const same = fitLogistic(examples([{ x: 3, ones: 10, all: 40 }]));
    assertClose([logOdds(same, Float64Array.of(3), 0)], [Math.log(10 / 30)], 1e-6);
  });
});
