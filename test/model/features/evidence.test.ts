import assert from "node:assert/strict";
import { it } from "node:test";
import { nextSerial } from "../../../src/model/features/evidence.js";

it("nextSerial begins anew, with no mark left, where an Int32Array's numbers end", () => {
  const stamps = Int32Array.of(1, 2 ** 31 - 1, 0);
  assert.equal(nextSerial(7, stamps), 8);
  assert.deepEqual([...stamps], [1, 2 ** 31 - 1, 0]);
  assert.equal(nextSerial(2 ** 31 - 1, stamps), 1);
  assert.deepEqual([...stamps], [0, 0, 0]);
});
