import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isOneTypo, swaps } from "../../src/kb/one-typo.js";

/** Optimal string alignment distance, the plain way. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : i)),
  );
  const at = (i: number, j: number): number => rows[i]?.[j] as number;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, at(i - 2, j - 2) + 1);
      }
      (rows[i] as number[])[j] = least;
    }
  }
  return at(a.length, b.length);
}

const words = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 7 });

test("one typo is a distance of one", () => {
  fc.assert(
    fc.property(words, words, (a, b) => {
      assert.equal(isOneTypo(a, b), distance(a, b) === 1);
    }),
    { seed: 3, numRuns: 3000 },
  );
});

test("swaps are all strings with two neighbours swapped", () => {
  assert.deepEqual([...swaps("abc")], ["bac", "acb"]);
  assert.deepEqual([...swaps("a"), ...swaps("")], []);
});
