import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type Annotation,
  countMatches,
  macroMeasures,
  measuresOf,
  microMeasures,
  SPAN_MATCHES,
} from "../../src/scoring/matching.js";

const at = (start: number, end: number, link = "Q1"): Annotation => ({ start, end, link });

describe("countMatches", () => {
  it("strong wants the same characters, weak one in common", () => {
    const gold = [at(0, 5), at(10, 20)];
    const found = [at(0, 5), at(8, 11), at(19, 25), at(20, 21)];
    assert.deepEqual(countMatches(gold, found, SPAN_MATCHES.strong), { tp: 1, fp: 3, fn: 1 });
    assert.deepEqual(countMatches(gold, found, SPAN_MATCHES.weak), { tp: 2, fp: 2, fn: 0 });
  });

  it("neighbours have no character in common", () => {
    const counts = countMatches([at(5, 10)], [at(0, 5), at(10, 12)], SPAN_MATCHES.weak);
    assert.deepEqual(counts, { tp: 0, fp: 2, fn: 1 });
  });

  it("a prediction counts once, in the order of the annotated ones", () => {
    assert.deepEqual(countMatches([at(0, 5), at(5, 10)], [at(4, 6)], SPAN_MATCHES.weak), {
      tp: 1,
      fp: 0,
      fn: 1,
    });
  });

  it("leaves out what is ignored and was not matched", () => {
    const ignores = ({ start }: Annotation) => start < 10;
    const counts = countMatches([at(0, 5)], [at(0, 5), at(6, 8), at(12, 14)], SPAN_MATCHES.strong, ignores);
    assert.deepEqual(counts, { tp: 1, fp: 1, fn: 0 });
  });
});

describe("measures", () => {
  it("of nothing to find and nothing found are 1, without a right one 0", () => {
    assert.deepEqual(measuresOf({ tp: 0, fp: 0, fn: 0 }), [1, 1, 1]);
    assert.deepEqual(measuresOf({ tp: 0, fp: 3, fn: 0 }), [0, 0, 0]);
  });

  it("micro adds counts up, macro takes means, of F too", () => {
    const documents = [
      { tp: 1, fp: 1, fn: 0 }, // 1/2, 1, 2/3
      { tp: 1, fp: 0, fn: 3 }, // 1, 1/4, 2/5
      { tp: 0, fp: 0, fn: 0 }, // 1, 1, 1
    ];
    assert.deepEqual(microMeasures(documents), [2 / 3, 2 / 5, 0.5]);
    const [p, r, f] = macroMeasures(documents);
    assert.equal(p, 2.5 / 3);
    assert.equal(r, 2.25 / 3);
    assert.ok(Math.abs(f - (2 / 3 + 2 / 5 + 1) / 3) < 1e-12);
  });
});
