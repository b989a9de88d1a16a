import assert from "node:assert/strict";
import { it } from "node:test";
import { candidateText } from "../../src/pairs/pair-scorer.js";
import { priorScorer } from "../../src/pairs/prior-scorer.js";

const pair = { mention: "Paris", context: "in Paris", title: "Paris, Texas", text: "town" };

it("the prior scorer gives priors, and refuses pairs without one", async () => {
  const scorer = priorScorer();
  assert.deepEqual(Array.from(await scorer.score([{ ...pair, prior: 0.2 }])), [0.2]);
  await assert.rejects(async () => scorer.score([pair]), /\[L829\].*"Paris, Texas" for "Paris"/);
});

it("a candidate is read as title and text", () => {
  assert.equal(candidateText(pair), "Paris, Texas: town");
  assert.equal(candidateText({ ...pair, text: "" }), "Paris, Texas");
});
