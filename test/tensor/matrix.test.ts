import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addToRows, gatherRows, matrix, multiplyBy } from "../../src/tensor/matrix.js";

describe("rows", () => {
  it("addToRows is the gradient of gatherRows: it adds up what each row was read for", () => {
    const table = matrix(3, 2, Float32Array.of(1, 2, 3, 4, 5, 6));
    const places = Int32Array.of(2, 0, 2);
    const gathered = gatherRows(table, places);
    assert.deepEqual([...gathered.values], [5, 6, 1, 2, 5, 6]);
    const sums = matrix(3, 2, Float32Array.of(100, 0, 0, 0, 0, 0));
    addToRows(sums, places, gathered);
    assert.deepEqual([...sums.values], [101, 2, 0, 0, 10, 12]);
  });

  it("multiplyBy leaves values alone without factors", () => {
    const values = Float32Array.of(1, 2);
    multiplyBy(values, undefined);
    assert.deepEqual([...values], [1, 2]);
    multiplyBy(values, Float32Array.of(0, 3));
    assert.deepEqual([...values], [0, 6]);
  });
});
