import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { countInWgsl, countOf, placed, SIZES } from "../../../src/training/gpu/notation.js";
import "../../arbitraries.js";

const NAMES = { mentions: 3, rows: 11, words: 0, HIDDEN: 7, NIL_WIDTH: 5 };

describe("countOf", () => {
  it("adds products of numbers, sizes and constants", () => {
    assert.equal(countOf("12", NAMES), 12);
    assert.equal(countOf("rows * HIDDEN", NAMES), 77);
    assert.equal(countOf("5 * mentions + words + 2 * HIDDEN * NIL_WIDTH", NAMES), 85);
  });

  it("refuses what it does not know", () => {
    assert.throws(() => countOf("rows * DEPTH", NAMES), {
      name: "RangeError",
      message: /DEPTH in "rows \* DEPTH"/,
    });
    assert.throws(() => countOf("rows - 1", NAMES), RangeError);
  });
});

describe("countInWgsl", () => {
  it("leaves constants, and takes sizes from the step", () => {
    assert.equal(countInWgsl("5 * mentions * NIL_WIDTH + rows"), "5 * step.mentions * NIL_WIDTH + step.rows");
  });

  it("means what the count means", () => {
    const factor = fc.oneof(fc.nat(99).map(String), fc.constantFrom(...SIZES, "HIDDEN", "NIL_WIDTH"));
    const term = fc.array(factor, { minLength: 1, maxLength: 3 }).map((factors) => factors.join(" * "));
    const count = fc.array(term, { minLength: 1, maxLength: 3 }).map((terms) => terms.join(" + "));
    const constants = { HIDDEN: 7, NIL_WIDTH: 5 };
    const sizes = Object.fromEntries(SIZES.map((name, i) => [name, i + 2]));
    const inWgsl = Object.fromEntries(SIZES.map((name, i) => [`step.${name}`, i + 2]));
    fc.assert(
      fc.property(count, (text) => {
        const expected = countOf(text, { ...constants, ...sizes });
        assert.equal(countOf(countInWgsl(text), { ...constants, ...inWgsl }), expected);
      }),
    );
  });
});

describe("placed", () => {
  const places = new Map([
    ["columns", "scratch[step.at_columns"],
    ["on_columns", "scratch[step.at_on_columns"],
    ["score", "weights[12u"],
  ]);

  it("puts a place of a buffer for an array, also where one stands in the other's index", () => {
    assert.equal(
      placed("on_columns[i * WIDTH + j] = columns[i] * score[0];", places),
      "scratch[step.at_on_columns + i * WIDTH + j] = scratch[step.at_columns + i] * weights[12u + 0];",
    );
    assert.equal(placed("columns[score[i]]", places), "scratch[step.at_columns + weights[12u + i]]");
  });

  it("leaves arrays of the kernel's own, and names that end or begin alike", () => {
    const own = "shares[lane] + TEXTS[text] + my_columns[i] + columns_of(i) + score;";
    assert.equal(placed(own, places), own);
  });
});
