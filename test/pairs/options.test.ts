/** Numbers that a scorer can't mean are refused when it is made, whether its packages are there or not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { crossEncoder } from "../../src/pairs/cross-encoder.js";
import { useLite } from "../../src/pairs/use-lite.js";

test("useLite", () => {
  const wrong: [object, RegExp][] = [
    [{ threshold: Number.NaN }, /useLite\(\): threshold is NaN\. Expected a number from -1 to 1\./],
    [{ textCharacters: 0 }, /useLite\(\): textCharacters is 0\. Expected a whole number, 1 or more\./],
    [{ textCharacters: "400" }, /textCharacters is "400"/],
    [{ cacheSize: -1 }, /cacheSize is -1/],
  ];
  for (const [options, message] of wrong) assert.throws(() => useLite(options), { code: "L510", message });
});

test("crossEncoder", () => {
  const wrong: [object, RegExp][] = [
    [{ batchSize: Number.NaN }, /crossEncoder\(\): batchSize is NaN\. Expected a whole number, 1 or more\./],
    [{ batchSize: 0 }, /batchSize is 0/],
    [{ maxLength: 2.5 }, /maxLength is 2\.5/],
    [{ threshold: Number.POSITIVE_INFINITY }, /threshold is Infinity/],
    [{ dtype: "int8" }, /dtype is "int8"\. Expected "fp32", "fp16" or "q8"/],
    [{ model: "" }, /model is ""/],
    [{ model: undefined }, /model is nothing/],
  ];
  for (const [options, message] of wrong) {
    assert.throws(() => crossEncoder({ model: "nowhere", ...options }), { code: "L510", message });
  }
});
