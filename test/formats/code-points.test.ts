import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { utf16Ranges } from "../../src/formats/code-points.js";
import { oddText } from "../arbitraries.js";

test("counts astral characters once, and combining marks as they are", () => {
  assert.deepEqual(utf16Ranges("🍎 Zürich", "x")(2, 8, "ents[0]"), { start: 3, end: 9 });
  assert.deepEqual(utf16Ranges("Zu\u0308rich", "x")(0, 7, "ents[0]"), { start: 0, end: 7 });
  assert.deepEqual(utf16Ranges("a\r\nb", "x")(3, 4, "ents[0]"), { start: 3, end: 4 });
});

test("a range gives the same characters as a list of code points does", () => {
  fc.assert(
    fc.property(oddText({ minLength: 1 }), fc.nat(), fc.nat(), (string, a, b) => {
      const points = [...string];
      const start = a % points.length;
      const length = 1 + (b % (points.length - start));
      const range = utf16Ranges(string, "x")(start, start + length, "key");
      assert.equal(string.slice(range.start, range.end), points.slice(start, start + length).join(""));
    }),
  );
});

test("a lone surrogate counts as one", () => {
  assert.deepEqual(utf16Ranges("\ud800 🍎!", "x")(3, 4, "key"), { start: 4, end: 5 });
});

test("refuses empty ranges and those outside of the text, with the length in code points", () => {
  for (const [start, end] of [
    [0, 4],
    [1, 1],
    [2, 1],
    [-1, 2],
  ] as const) {
    assert.throws(() => utf16Ranges("🍎🍎🍎", "f:1")(start, end, "ents[0]"), {
      code: "L120",
      message: new RegExp(`f:1: ents\\[0\\] is ${start} to ${end}, .*offsets 0 to 3 .*code points`),
    });
  }
});
