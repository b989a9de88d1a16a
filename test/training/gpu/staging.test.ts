import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Staging } from "../../../src/training/gpu/staging.js";
import "../../arbitraries.js";

const number = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const batch = fc.array(fc.array(number, { maxLength: 40, size: "max" }), { maxLength: 6, size: "max" });

describe("Staging", () => {
  it("has arrays one after the other, in batches that grow and shrink", () => {
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 5, size: "max" }), (batches) => {
        const staging = Staging.ofInts();
        for (const arrays of batches) {
          staging.clear();
          arrays.forEach((array, i) => {
            staging.put(`array ${i}`, array);
          });
          assert.deepEqual([...staging.all], arrays.flat());
          arrays.forEach((array, i) => {
            const at = staging.places.get(`array ${i}`) as number;
            assert.deepEqual([...staging.all.subarray(at, at + array.length)], array);
          });
        }
      }),
    );
  });

  it("takes the numbers that are written into an array which it gave", () => {
    const staging = Staging.ofFloats();
    staging.put("first", [1, 2]);
    staging.take("second", 3).set([0.5, 0.25, 0.125]);
    assert.deepEqual([...staging.all], [1, 2, 0.5, 0.25, 0.125]);
  });

  it("uses the same memory for the next batch", () => {
    const staging = Staging.ofFloats();
    const { buffer } = staging.take("numbers", 100);
    staging.clear();
    assert.equal(staging.all.length, 0);
    assert.equal(staging.take("numbers", 100).buffer, buffer);
  });
});
