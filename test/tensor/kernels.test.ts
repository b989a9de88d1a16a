import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Rank, Tensor2D } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { loadBackend } from "../../src/tensor/backend.js";

const portable = ["wasm", "cpu"] as const;

function close(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-4): void {
  assert.equal(found.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [found[i] as number, expected[i] as number];
    assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `at ${i}: found ${a}, expected ${b}`);
  }
}

/** Numbers in [-1, 1) that are the same in every run. */
function numbers(count: number, seed = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(12.9898 * (i + seed) * seed) * 0.99);
}

const gathers = fc
  .record({ rows: fc.integer({ min: 1, max: 30 }), width: fc.integer({ min: 1, max: 40 }) })
  .chain(({ rows, width }) =>
    fc.record({
      rows: fc.constant(rows),
      width: fc.constant(width),
      ids: fc.array(fc.integer({ min: 0, max: rows - 1 }), { minLength: 1, maxLength: 60 }),
    }),
  );

for (const name of portable) {
  describe(`kernels on ${name}`, () => {
    it("gather takes rows of any width, and its gradient adds them up", async () => {
      const { tf } = await loadBackend(name);
      fc.assert(
        fc.property(gathers, ({ rows, width, ids }) => {
          const table = numbers(rows * width);
          const weights = numbers(ids.length * width, 2);
          const expectedRows = new Float32Array(ids.length * width);
          const expectedGradient = new Float32Array(rows * width);
          ids.forEach((id, i) => {
            for (let j = 0; j < width; j++) {
              expectedRows[i * width + j] = table[id * width + j] as number;
              (expectedGradient[id * width + j] as number) += weights[i * width + j] as number;
            }
          });
          tf.tidy(() => {
            const x = tf.tensor2d(table, [rows, width]);
            const indices = tf.tensor1d(ids, "int32");
            const w = tf.tensor2d(weights, [ids.length, width]);
            assert.deepEqual(tf.gather(x, indices).dataSync(), expectedRows);
            const gradient = tf.grad((t) => tf.sum(tf.mul(tf.gather(t, indices), w)))(x);
            close(gradient.dataSync(), expectedGradient);
          });
        }),
        { numRuns: 50 },
      );
    });

    it("gather keeps the type of integers, takes indices of any rank, and other axes still work", async () => {
      const { tf } = await loadBackend(name);
      tf.tidy(() => {
        const x = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2], "int32");
        const indices = tf.tensor2d(
          [
            [1, 0],
            [1, 1],
          ],
          [2, 2],
          "int32",
        );
        const found = tf.gather(x, indices);
        assert.equal(found.dtype, "int32");
        assert.deepEqual(found.shape, [2, 2, 2, 2]);
        assert.deepEqual([...found.dataSync()], [5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8]);
        const columns = tf.gather(x, tf.tensor1d([1], "int32"), 2);
        assert.deepEqual([...columns.dataSync()], [2, 4, 6, 8]);
      });
    });

    it("unsortedSegmentSum leaves ids outside the segments out", async () => {
      const { tf } = await loadBackend(name);
      tf.tidy(() => {
        const x = tf.tensor2d([
          [1, 2],
          [3, 4],
          [5, 6],
          [7, 8],
        ]);
        const sums = tf.unsortedSegmentSum(x, tf.tensor1d([2, -1, 2, 9], "int32"), 3);
        assert.deepEqual(sums.shape, [3, 2]);
        assert.deepEqual([...sums.dataSync()], [0, 0, 0, 0, 6, 8]);
        const none = tf.unsortedSegmentSum(tf.zeros([0, 2]), tf.tensor1d([], "int32"), 2);
        assert.deepEqual([...none.dataSync()], [0, 0, 0, 0]);
      });
    });
  });
}

describe("kernels on wasm", () => {
  it("gather refuses an index outside the rows and keeps nothing", async () => {
    const { tf } = await loadBackend("wasm");
    const x = tf.zeros<Rank.R2>([3, 2]);
    const indices = tf.tensor1d([0, 3], "int32");
    const before = tf.memory().numTensors;
    assert.throws(() => tf.gather(x, indices), { code: "L304", message: /row 3 \(position 1/ });
    assert.equal(tf.memory().numTensors, before);
    tf.dispose([x, indices]);
  });

  it("matmul equals cpu's for every transposition, forward and backward, with and without a batch", async () => {
    const shapes = [
      { batch: [], m: 5, k: 7, n: 3 },
      { batch: [], m: 1, k: 1, n: 1 },
      { batch: [1], m: 4, k: 1, n: 6 },
      { batch: [3], m: 4, k: 5, n: 2 },
      { batch: [2, 2], m: 2, k: 3, n: 4 },
    ];
    const compute = async (name: "wasm" | "cpu") => {
      const { tf } = await loadBackend(name);
      const results: number[][] = [];
      for (const { batch, m, k, n } of shapes) {
        for (const transposeA of [false, true]) {
          for (const transposeB of [false, true]) {
            tf.tidy(() => {
              const size = batch.reduce((a, b) => a * b, 1);
              const shapeA = [...batch, ...(transposeA ? [k, m] : [m, k])];
              const shapeB = [...batch, ...(transposeB ? [n, k] : [k, n])];
              const a = tf.tensor<Rank>(numbers(size * m * k), shapeA) as Tensor2D;
              const b = tf.tensor<Rank>(numbers(size * k * n, 3), shapeB) as Tensor2D;
              const w = tf.tensor(numbers(size * m * n, 5), [...batch, m, n]);
              const product = (p: Tensor2D, q: Tensor2D) => tf.matMul(p, q, transposeA, transposeB);
              const loss = (p: Tensor2D, q: Tensor2D) => tf.sum(tf.mul(product(p, q), w));
              const [da, db] = tf.grads((p, q) => loss(p as Tensor2D, q as Tensor2D))([a, b]);
              for (const tensor of [product(a, b), da, db]) results.push([...(tensor?.dataSync() ?? [])]);
            });
          }
        }
      }
      return results;
    };
    const expected = await compute("cpu");
    const found = await compute("wasm");
    assert.equal(found.length, expected.length);
    found.forEach((values, i) => {
      close(values, expected[i] as number[]);
    });
  });

  it("a change of the right operand's values is seen: no result is cached", async () => {
    const { tf } = await loadBackend("wasm");
    const a = tf.ones<Rank.R2>([2, 3]);
    const b = tf.variable(tf.ones<Rank.R2>([4, 3]));
    const product = () => tf.tidy(() => tf.matMul(a, b, false, true).dataSync()[0]);
    assert.equal(product(), 3);
    b.assign(tf.fill([4, 3], 2));
    assert.equal(product(), 6);
    tf.disposeVariables();
    tf.dispose(a);
  });

  it("a training step leaves no tensor and no memory behind", async () => {
    const { tf } = await loadBackend("wasm");
    const table = tf.variable(tf.randomNormal([50, 20]));
    const dense = tf.variable(tf.randomNormal([20, 8]));
    const ids = tf.tensor1d([1, 4, 4, 49], "int32");
    const step = () => {
      const { value, grads } = tf.variableGrads(() =>
        tf.mean(tf.matMul(tf.gather(table, ids) as Tensor2D, dense as unknown as Tensor2D)),
      );
      tf.dispose([value, grads]);
    };
    step();
    const before = tf.memory();
    const idsBefore = tf.backend().numDataIds();
    for (let i = 0; i < 20; i++) step();
    assert.equal(tf.memory().numTensors, before.numTensors);
    assert.equal(tf.memory().numBytes, before.numBytes);
    assert.equal(tf.backend().numDataIds(), idsBefore);
    tf.dispose([table, dense, ids]);
  });

  it("survives the heap growing while the gradient of a gather is made", async () => {
    const { tf } = await loadBackend("wasm");
    tf.tidy(() => {
      const rows = 400_000; // 100 MB a copy: more than the heap starts with
      const x = tf.ones([rows, 64]);
      const gradient = tf.grad((t) => tf.sum(tf.gather(t, tf.tensor1d([7, 7], "int32"))))(x);
      const values = gradient.dataSync();
      assert.equal(values[7 * 64], 2);
      assert.equal(values[8 * 64], 0);
    });
  });
});
