import assert from "node:assert/strict";
import { test } from "node:test";
import { quantizeRows, restoreRow, restoreRows } from "../../src/kb/quantized-rows.js";

test("each row is restored to half a step of its own scale", () => {
  const values = Float32Array.of(1, -0.4, 0.003, 1000, 250.3, -999, 0, 0, 0);
  const rows = quantizeRows(values, 3);
  assert.deepEqual([...rows.codes.subarray(0, 3)], [127, -51, 0]);
  const restored = restoreRows(rows);
  for (const [i, value] of values.entries()) {
    const largest = Math.max(...values.subarray(i - (i % 3), i - (i % 3) + 3).map(Math.abs));
    assert.ok(Math.abs((restored[i] as number) - value) <= largest / 254 + 1e-4, `number ${i}`);
  }
  assert.deepEqual([...restored.subarray(6)], [0, 0, 0]);
  const one = new Float32Array(4);
  restoreRow(rows, 1, one, 1);
  assert.deepEqual([...one], [0, ...restored.subarray(3, 6)]);
});

test("numbers too small for a scale are zeros, and one that is none makes the scale none", () => {
  assert.deepEqual([...restoreRows(quantizeRows(Float32Array.of(1e-45, -1e-45), 2))], [0, 0]);
  assert.ok(!Number.isFinite(quantizeRows(Float32Array.of(1, Number.NaN), 2).scales[0]));
});
