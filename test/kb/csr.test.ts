import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { groupBy, lengthsOf, list, offsetsOf } from "../../src/kb/csr.js";

describe("groupBy", () => {
  const listsOf = (groupOf: readonly number[], groups: number): number[][] => {
    const grouped = groupBy(Int32Array.from(groupOf), groups);
    assert.equal(grouped.offsets.length, groups + 1);
    return Array.from({ length: groups }, (_, group) => [...list(grouped, group)]);
  };

  it("lists the indices of each group in ascending order", () => {
    assert.deepEqual(listsOf([1, 0, 1], 2), [[1], [0, 2]]);
    assert.deepEqual(listsOf([3, 0, 3, 2, 0, 3], 4), [[1, 4], [], [3], [0, 2, 5]]);
  });

  it("leaves groups empty that no index is in", () => {
    assert.deepEqual(listsOf([1], 3), [[], [0], []]);
    assert.deepEqual(listsOf([], 2), [[], []]);
    assert.deepEqual(listsOf([], 0), []);
  });
});

describe("offsets", () => {
  it("are the lengths added up, and back", () => {
    const offsets = offsetsOf(Int32Array.of(2, 0, 3));
    assert.deepEqual([...offsets], [0, 2, 2, 5]);
    assert.deepEqual([...lengthsOf(offsets)], [2, 0, 3]);
  });
});
