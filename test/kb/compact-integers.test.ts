import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CompactIntegers, CompactIntegersBuilder } from "../../src/kb/compact-integers.js";

function listOf(values: readonly number[]): CompactIntegers {
  const builder = new CompactIntegersBuilder();
  for (const value of values) builder.push(value);
  return builder.build();
}

describe("CompactIntegers", () => {
  const kinds = {
    "two bytes": { values: [0, 7, 2 ** 16 - 1], High: undefined },
    "three bytes": { values: [2 ** 16 - 1, 2 ** 16, 3, 2 ** 24 - 1], High: Uint8Array },
    "four bytes": { values: [2 ** 24, 1, 2 ** 31 - 1, 2 ** 16], High: Uint16Array },
  };
  for (const [width, { values, High }] of Object.entries(kinds)) {
    it(`keeps numbers in ${width} where the largest takes that`, () => {
      const list = listOf(values);
      assert.deepEqual(
        values.map((_, i) => list.at(i)),
        values,
      );
      assert.equal(list.high?.constructor, High);
      assert.equal(list.length, values.length);
    });
  }

  it("gives a part of itself as a copy", () => {
    const list = listOf([5, 70_000, 6, 65_536]);
    const part = list.slice(1, 3);
    assert.deepEqual([...part], [70_000, 6]);
    part[0] = 1;
    assert.equal(list.at(1), 70_000);
    assert.deepEqual([...list.slice(2, 2)], []);
  });

  it("is the same made of its columns", () => {
    const list = listOf([1, 2 ** 20, 3]);
    assert.deepEqual(new CompactIntegers(list.toColumns()), list);
  });

  it("may be empty", () => {
    assert.equal(listOf([]).length, 0);
  });
});
