import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { loadBackend } from "../../src/tensor/backend.js";
import { gatherRows, type Matrix, matrix, transpose } from "../../src/tensor/matrix.js";
import { multiplyByConstants, multiplyWith } from "../../src/tensor/multiply.js";
import { assertClose, collectGarbage } from "../fixtures.js";

const sizes = fc.integer({ min: 0, max: 20 });
const matrixOf = (rows: number, width: number): fc.Arbitrary<Matrix> =>
  fc
    .array(fc.integer({ min: -9, max: 9 }), { minLength: rows * width, maxLength: rows * width })
    .map((values) => matrix(rows, width, Float32Array.from(values)));
const at = ({ values, width }: Matrix, row: number, column: number): number =>
  values[row * width + column] as number;

describe("multiplyWith", () => {
  it("gives sums of products, transposed or not, of any size", async () => {
    const { tf } = await loadBackend("wasm");
    const multiply = multiplyWith(tf);
    const pairs = fc
      .tuple(sizes, sizes, sizes)
      .chain(([m, k, n]) => fc.tuple(matrixOf(m, k), matrixOf(k, n)));
    fc.assert(
      fc.property(pairs, ([left, right]) => {
        const expected = matrix(left.rows, right.width);
        for (let i = 0; i < left.rows; i++) {
          for (let j = 0; j < right.width; j++) {
            for (let k = 0; k < left.width; k++) {
              expected.values[i * right.width + j] = at(expected, i, j) + at(left, i, k) * at(right, k, j);
            }
          }
        }
        for (const found of [
          multiply(left, right),
          multiply(transpose(left), right, "left"),
          multiply(left, transpose(right), "right"),
        ]) {
          assert.deepEqual([found.rows, found.width], [left.rows, right.width]);
          assertClose(found.values, expected.values, 1e-6);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("refuses what has no product", async () => {
    const { tf } = await loadBackend("wasm");
    for (const multiply of [multiplyWith(tf), multiplyByConstants(tf)]) {
      const short = { values: new Float32Array(3), rows: 2, width: 2 };
      for (const [left, right] of [
        [matrix(1, 2), short],
        [short, matrix(2, 2)],
        [matrix(2, 3), matrix(2, 3)],
      ] as const) {
        assert.throws(() => multiply(left, right), /no product/);
      }
    }
  });

  it("gives each row the same bits, whatever rows are beside it", async () => {
    const { tf } = await loadBackend("wasm");
    const multiply = multiplyWith(tf);
    const wave = (rows: number, width: number) =>
      matrix(
        rows,
        width,
        Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i * 0.37)),
      );
    const [left, right] = [wave(37, 210), wave(210, 128)];
    const together = multiply(left, right);
    for (let row = 0; row < left.rows; row++) {
      const alone = multiply(gatherRows(left, Int32Array.of(row)), right);
      assert.deepEqual(alone.values, gatherRows(together, Int32Array.of(row)).values);
    }
  });

  it("sees what has changed in a matrix since the last product", async () => {
    const { tf } = await loadBackend("wasm");
    const multiply = multiplyWith(tf);
    const [left, right] = [matrix(1, 2, Float32Array.of(1, 2)), matrix(2, 1, Float32Array.of(3, 4))];
    assert.deepEqual([...multiply(left, right).values], [11]);
    right.values[1] = 5;
    assert.deepEqual([...multiply(left, right).values], [13]);
  });
});

describe("multiplyByConstants", () => {
  it("brings each right matrix to the backend once, and frees it when it is garbage itself", async () => {
    const { tf } = await loadBackend("wasm");
    const left = matrix(2, 2, Float32Array.of(1, 2, 3, 4));
    const right = matrix(2, 2, Float32Array.of(5, 6, 7, 8));
    const before = tf.memory().numTensors;
    const use = (): void => {
      const multiply = multiplyByConstants(tf);
      for (let i = 0; i < 3; i++) assert.deepEqual([...multiply(left, right).values], [19, 22, 43, 50]);
      assert.equal(tf.memory().numTensors, before + 1);
      for (let i = 0; i < 3; i++)
        assert.deepEqual([...multiply(left, right, "right").values], [17, 23, 39, 53]);
      assert.equal(tf.memory().numTensors, before + 1, "what was transposed is not kept");
    };
    use();
    await collectGarbage();
    assert.equal(tf.memory().numTensors, before);
  });

  it("gives what multiplyWith gives, transposed or not, each time", async () => {
    const { tf } = await loadBackend("wasm");
    const [multiply, expected] = [multiplyByConstants(tf), multiplyWith(tf)];
    const left = matrix(3, 2, Float32Array.of(1, 2, 3, 4, 5, 6));
    const right = matrix(2, 4, Float32Array.of(7, 8, 9, 10, 11, 12, 13, 14));
    for (const [a, b, transposed] of [
      [left, right, undefined],
      [transpose(left), right, "left"],
      [left, transpose(right), "right"],
      [left, right, undefined],
      [left, transpose(right), "right"],
    ] as const) {
      assert.deepEqual(multiply(a, b, transposed), expected(left, right));
    }
  });

  it("keeps matrices that it first met in somebody's tf.tidy", async () => {
    const { tf } = await loadBackend("wasm");
    const multiply = multiplyByConstants(tf);
    const square = matrix(2, 2, Float32Array.of(1, 2, 3, 4));
    const product = (): number[] => [...multiply(square, square).values];
    tf.tidy(() => {
      product();
    });
    assert.deepEqual(product(), [7, 10, 15, 22]);
  });
});
