import assert from "node:assert/strict";
import { test } from "node:test";
import type { Link, LinkCandidate } from "../../src/linker/predict.js";
import { decidedByThreshold } from "../../src/pipeline/found-by-search.js";

const candidates = [
  { kbId: "Q1", score: 0.4 },
  { kbId: "Q2", score: 0.3 },
] as LinkCandidate[];
const oneOf: Link = {
  start: 0,
  end: 5,
  label: "",
  kbId: "NIL",
  score: 0.7,
  reason: "one_of",
  oneOf: ["Q1", "Q2"],
  candidates,
};

test("the threshold alone decides, and what was one of several is so no more", () => {
  const { oneOf: _, ...place } = oneOf;
  assert.deepEqual(decidedByThreshold(oneOf, 0.4), { ...place, kbId: "Q1", score: 0.4, reason: "linked" });
  assert.deepEqual(decidedByThreshold(oneOf, 0.5), { ...place, score: 0.6, reason: "below_threshold" });
});

test("without candidates, and of labels that are not linked, nothing is decided", () => {
  for (const link of [{ ...oneOf, candidates: [] }, { ...oneOf, reason: "discarded" } as Link]) {
    assert.equal(decidedByThreshold(link, 0), link);
  }
});
