import assert from "node:assert/strict";
import { test } from "node:test";
import { shownJson } from "../../src/text/shown-json.js";

test("a value is shown as its JSON, a long one in part, a missing one as nothing", () => {
  assert.equal(shownJson({ a: ["🍎", null] }), '{"a":["🍎",null]}');
  assert.equal(shownJson(undefined), "nothing");
  assert.equal(shownJson("x".repeat(100)), `"${"x".repeat(59)}...`);
});

test("numbers beyond the largest, and values too deep for JSON.stringify", () => {
  assert.equal(shownJson(JSON.parse("1e999")), "Infinity");
  const deep = "[".repeat(50_000) + "]".repeat(50_000);
  assert.equal(shownJson(JSON.parse(deep)), "a list nested too deep to be shown");
  assert.equal(shownJson(JSON.parse(`{"a": ${deep}}`)), "an object nested too deep to be shown");
});
