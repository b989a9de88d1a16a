import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  addSteps,
  countVarints,
  packVarints,
  steps,
  unpackOffsets,
  unpackVarints,
  varintSize,
} from "../../src/kb/varints.js";

const EDGES = [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, 0x1fffff, 0x200000, 0xfffffff, 0x10000000, 0x7fffffff];

test("numbers come back, in as many bytes as they need", () => {
  const bytes = packVarints(EDGES);
  assert.deepEqual([...unpackVarints(bytes, EDGES.length)], EDGES);
  assert.equal(countVarints(bytes), EDGES.length);
  assert.deepEqual(EDGES.map(varintSize), [1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  assert.equal(
    bytes.length,
    EDGES.map(varintSize).reduce((sum, size) => sum + size, 0),
  );
});

test("more numbers than there are is an error", () => {
  assert.throws(() => unpackVarints(packVarints([1, 2]), 3), RangeError);
  assert.throws(() => unpackVarints(packVarints([300]).subarray(0, 1), 1), RangeError);
  assert.deepEqual([...unpackVarints(new Uint8Array(0), 0)], []);
});

test("lengths come back as where each part begins and the last one ends", () => {
  const bytes = packVarints([3, 0, 70_000, 1]);
  assert.deepEqual([...unpackOffsets(bytes, 4)], [0, 3, 3, 70_003, 70_004]);
  assert.deepEqual([...unpackOffsets(bytes, 2)], [0, 3, 3]);
  assert.deepEqual([...unpackOffsets(new Uint8Array(0), 0)], [0]);
  assert.throws(() => unpackOffsets(bytes, 5), RangeError);
});

test("steps up and down come back, small ones as small numbers", () => {
  assert.deepEqual([...steps([5, 6, 4, 4])], [10, 2, 3, 0]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -(2 ** 30), max: 2 ** 30 - 1 })), (values) => {
      assert.deepEqual([...addSteps(unpackVarints(packVarints(steps(values)), values.length))], values);
    }),
    { seed: 3, numRuns: 200 },
  );
});
