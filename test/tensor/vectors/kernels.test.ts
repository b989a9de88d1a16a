import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeRandom } from "../../../src/model/random.js";
import { address } from "../../../src/tensor/vectors/kernels.js";
import { VectorMemory } from "../../../src/tensor/vectors/vector-memory.js";
import { assertClose } from "../../fixtures.js";

const ROWS = 6;
/** Rows that are read, one of them twice. */
const PICKED = [4, 1, 4, 0, 5];
/** With and without numbers that are left over after the last four. */
const WIDTHS = [1, 2, 3, 4, 5, 8, 11, 64];
const CLOSE = 1e-5;

const memory = new VectorMemory();
const { kernels } = memory;
const random = makeRandom("kernels");

function noise(length: number): Float32Array {
  const values = memory.floats(length);
  for (let i = 0; i < length; i++) values[i] = random.normal();
  return values;
}

function picked(): Int32Array {
  const rows = memory.ints(PICKED.length);
  rows.set(PICKED);
  return rows;
}

/** A table's row, as plain numbers. */
const rowOf = (table: Float32Array, row: number, width: number): number[] => [
  ...table.subarray(row * width, (row + 1) * width),
];

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, j) => sum + x * (b[j] as number), 0);

/** factor x values, added to sums. */
const plus = (sums: readonly number[], factor: number, values: readonly number[]): number[] =>
  sums.map((sum, j) => sum + factor * (values[j] as number));

for (const width of WIDTHS) {
  describe(`kernels on rows of ${width}`, () => {
    const table = noise(ROWS * width);
    const rows = picked();
    const weights = noise(PICKED.length);

    it("addRows adds rows by their weights, to what is there", () => {
      const sums = noise(width + 1);
      let expected = [...sums.subarray(0, width)];
      const beyond = sums[width];
      PICKED.forEach((row, i) => {
        expected = plus(expected, weights[i] as number, rowOf(table, row, width));
      });
      kernels.addRows(address(table), width, address(rows), address(weights), PICKED.length, address(sums));
      assertClose(sums.subarray(0, width), expected, CLOSE);
      assert.equal(sums[width], beyond);
    });

    it("pullRows adds to the gradients of rows, and says how far each lies along", () => {
      const gradient = noise(ROWS * width);
      const direction = noise(width);
      const along = memory.floats(PICKED.length);
      const expected = Array.from({ length: ROWS }, (_, row) => rowOf(gradient, row, width));
      PICKED.forEach((row, i) => {
        expected[row] = plus(expected[row] as number[], weights[i] as number, [...direction]);
      });
      kernels.pullRows(
        address(table),
        address(gradient),
        width,
        address(rows),
        address(weights),
        PICKED.length,
        address(direction),
        address(along),
      );
      assertClose(gradient, expected.flat(), CLOSE);
      assertClose(
        along,
        PICKED.map((row) => dot(rowOf(table, row, width), [...direction])),
        CLOSE,
      );
    });

    it("adam takes Adam's step, and leaves what lies beyond", () => {
      const [values, first, second, gradient] = [noise(9), noise(9), noise(9).map(Math.abs), noise(9)];
      const v = memory.floats(9);
      v.set(second);
      const count = Math.min(width, 9);
      const expected = [...values].map((value, i) => {
        if (i >= count) return value;
        const g = gradient[i] as number;
        const moment = 0.9 * (first[i] as number) + 0.05 * g;
        const square = 0.99 * (second[i] as number) + 0.004 * g * g;
        return 0.999 * value - (0.01 * moment) / (Math.sqrt(square) + 1e-8);
      });
      kernels.adam(
        address(values),
        address(first),
        address(v),
        address(gradient),
        count,
        0.9,
        0.05,
        0.99,
        0.004,
        0.999,
        0.01,
        1e-8,
      );
      assertClose(values, expected, CLOSE);
    });

    it("squares adds up in doubles", () => {
      const values = noise(width);
      values[0] = 1e10;
      const expected = [...values].reduce((sum, value) => sum + value * value, 0);
      assert.ok(Math.abs(kernels.squares(address(values), width) / expected - 1) < 1e-14);
    });
  });
}
