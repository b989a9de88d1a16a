import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sizesOf } from "../../bench/made-up/sources.js";

describe("sizesOf", () => {
  it("names what is to be made up", () => {
    assert.deepEqual(sizesOf({ sizes: "10k,1.1m" }), ["10k", "1.1m"]);
    assert.deepEqual(sizesOf({ sizes: "" }, { hasOthers: true }), []);
  });

  it("refuses sizes that are none, nothing to measure, and nothing to keep", () => {
    assert.throws(() => sizesOf({ sizes: "10k,x" }), /^TypeError: Found the size "x"/);
    assert.throws(() => sizesOf({ sizes: "" }), /^TypeError: Found no --sizes/);
    const kept = { sizes: "", keep: "/tmp/kept" };
    assert.throws(
      () => sizesOf(kept, { hasOthers: true }),
      /^TypeError: Found --keep \/tmp\/kept and no --sizes/,
    );
  });
});
