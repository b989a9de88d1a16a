import assert from "node:assert/strict";
import { test } from "node:test";
import { checkOptions } from "../src/known-options.js";

test("L001: a name that is not known, or no object at all", () => {
  const check = (options: unknown): void => checkOptions("score", options, ["labels", "ids"]);
  check({});
  check({ ids: undefined });
  assert.throws(() => check({ label: [] }), {
    code: "L001",
    message: /^\[L001\] score found label .* some of labels, ids\.$/,
  });
  for (const options of [["NIL"], 0.2, "ids", true, null])
    assert.throws(() => check(options), { code: "L001" });
});
