import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { longestFirst, padPairs, truncatePair } from "../../src/pairs/pair-encoding.js";

describe("pairs of token ids", () => {
  it("cuts the longer text, and both to the half where both are long", () => {
    assert.deepEqual(longestFirst(3, 4, 7), [3, 4]);
    assert.deepEqual(longestFirst(3, 40, 10), [3, 7]);
    assert.deepEqual(longestFirst(40, 3, 10), [7, 3]);
    assert.deepEqual(longestFirst(40, 30, 11), [6, 5]);
    assert.deepEqual(longestFirst(30, 40, 11), [5, 6]);
    assert.deepEqual(longestFirst(5, 5, 0), [0, 0]);
  });

  it("never keeps more than there is room for, nor cuts without need", () => {
    const length = fc.nat(60);
    fc.assert(
      fc.property(length, length, length, (first, second, room) => {
        const [a, b] = longestFirst(first, second, room);
        assert.ok(a <= first && b <= second && a + b === Math.min(room, first + second), `${a}, ${b}`);
      }),
      { seed: 1 },
    );
  });

  it("keeps special tokens wherever the tokenizer puts them", () => {
    const pair = { ids: [0, 5, 6, 7, 2, 2, 8, 9, 5, 2], typeIds: undefined };
    const parts = { pair, first: [5, 6, 7], second: [8, 9, 5] };
    assert.deepEqual(truncatePair(parts, 8).ids, [0, 5, 6, 2, 2, 8, 9, 2]);
    assert.deepEqual(truncatePair(parts, 10).ids, pair.ids);
    assert.throws(() => truncatePair({ ...parts, first: [5, 5, 5] }, 8), /alone/);
  });

  it("pads to the longest, and says what is padding", () => {
    const { rows, width, ids, mask, typeIds } = padPairs(
      [
        { ids: [1, 2], typeIds: [0, 1] },
        { ids: [3], typeIds: [0] },
      ],
      9,
    );
    assert.deepEqual([rows, width], [2, 2]);
    assert.deepEqual([...ids], [1n, 2n, 3n, 9n]);
    assert.deepEqual([...mask], [1n, 1n, 1n, 0n]);
    assert.deepEqual([...(typeIds ?? [])], [0n, 1n, 0n, 0n]);
    assert.equal(padPairs([{ ids: [1] }], 0).typeIds, undefined);
  });
});
