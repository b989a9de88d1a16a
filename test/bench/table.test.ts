import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { growthTableOf } from "../../bench/measure/table.js";

const columns = [10, 1000].map((size) => ({ name: String(size), size }));
const growth = (cost: (size: number) => number): string | undefined =>
  growthTableOf(columns, [["cost", ({ size }) => cost(size)]], ({ size }) => size)
    .trimEnd()
    .split(" | ")
    .at(-1);

describe("growthTableOf", () => {
  it("is 1 for n log n, less for n, more for n squared", () => {
    assert.equal(
      growth((n) => 7 * n * Math.log(n)),
      "1.00 |",
    );
    assert.equal(
      growth((n) => n),
      "0.33 |",
    );
    assert.equal(
      growth((n) => n * n),
      "33.33 |",
    );
  });

  it("has nothing to say of a single column", () => {
    assert.equal(
      growthTableOf(columns.slice(0, 1), [], ({ size }) => size),
      "",
    );
  });
});
