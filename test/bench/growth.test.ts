import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { growthOf, type Point } from "../../bench/soak/growth.js";

const points = (value: (documents: number) => number): Point[] =>
  Array.from({ length: 40 }, (_, i) => [(i + 1) * 2500, value((i + 1) * 2500)]);

describe("growthOf", () => {
  it("finds what grows", () => {
    const { from, rise } = growthOf(points((documents) => 150 + documents / 1000));
    assert.ok(Math.abs(from - 152.5) < 1e-9, String(from));
    assert.ok(Math.abs(rise - 97.5) < 1e-9, String(rise));
  });

  it("finds what grows below what goes up and down", () => {
    const { rise } = growthOf(points((documents) => 150 + documents / 1000 + (documents % 20_000) / 2000));
    assert.ok(Math.abs(rise - 97.5) < 10, String(rise));
  });

  it("sees little growth in what goes up and down, wherever it ends", () => {
    const { from, rise } = growthOf(points((documents) => 150 + (documents % 17_000) / 2000));
    assert.ok(Math.abs(rise) < 0.01 * from, String(rise));
  });
});
