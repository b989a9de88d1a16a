import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CompactIntegersBuilder } from "../../src/kb/compact-integers.js";
import { ArrowFile, shortColumns, writeArrow } from "../../src/kb/kb-arrow.js";

describe("shortColumns", () => {
  const kinds = {
    nothing: [],
    "short numbers": [3, 0, 0xfffe],
    "the number that stands for long ones": [0xffff, 1, 0xffff],
    "longer numbers": [70_000, 2, 0xffff, 2 ** 24 - 1],
    "the longest numbers": [2 ** 31 - 1, 0xffff, 5],
  };
  for (const [kind, values] of Object.entries(kinds)) {
    it(`comes back from a file with ${kind}`, () => {
      const builder = new CompactIntegersBuilder();
      for (const value of values) builder.push(value);
      const columns = builder.build().toColumns();
      const file = new ArrowFile(writeArrow(shortColumns("rows", columns)));
      assert.deepEqual(file.shorts("rows"), columns);
    });
  }
});
