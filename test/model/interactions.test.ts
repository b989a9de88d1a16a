import assert from "node:assert/strict";
import { test } from "node:test";
import { Interactions } from "../../src/model/interactions.js";
import type { MiniBatch } from "../../src/model/mini-batch.js";
import { matrix } from "../../src/tensor/matrix.js";
import type { Multiply } from "../../src/tensor/multiply.js";
import { assertClose } from "../fixtures.js";

/** Rows times columns. */
const multiply: Multiply = (left, right) => {
  const values = Array.from({ length: left.rows * right.width }, (_, at) => {
    const [row, column] = [Math.floor(at / right.width), at % right.width];
    const terms = Array.from({ length: left.width }, (_, k) => {
      return (left.values[row * left.width + k] ?? 0) * (right.values[k * right.width + column] ?? 0);
    });
    return terms.reduce((sum, term) => sum + term, 0);
  });
  return matrix(left.rows, right.width, Float32Array.from(values));
};

test("a row has the products, a quarter of their sum, and twice each cosine, as worked out by hand", () => {
  const weights = new Map([["interaction", { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }]]);
  const sides = {
    context: matrix(1, 2, Float32Array.of(1, 1)), // asks for (4, 6)
    vectors: matrix(2, 2, Float32Array.of(0.5, 1, -1, 1)),
    pooled: {
      context: Float32Array.of(3, 4, 9, 9, 7, 7, 0, 2), // all, left, right, document
      near: Float32Array.of(-1, 0),
      descriptions: Float32Array.of(3, 4, 0, -5),
    },
  };
  const batch = {
    rowMention: Int32Array.of(0, 0),
    rowEntity: Int32Array.of(1, 0),
    entities: Int32Array.of(7, 9),
  };
  const { asked, columns } = new Interactions(multiply, weights, 2).forward(
    sides,
    batch as unknown as MiniBatch,
  );
  assert.deepEqual([...asked.values], [4, 6]);
  assert.deepEqual([columns.rows, columns.width], [2, 6]);
  assertClose(columns.values.subarray(0, 6), [-4, 6, 0.5, -1.6, -2, 0], 1e-3, "the second entity");
  assertClose(columns.values.subarray(6), [2, 6, 2, 2, 1.6, -1.2], 1e-3, "the first entity");
});
