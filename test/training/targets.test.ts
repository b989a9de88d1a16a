import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CANDIDATE_DEFAULTS } from "../../src/linker/options.js";
import { MODEL_DEFAULTS } from "../../src/model/options.js";
import { trainableMentions } from "../../src/training/loop.js";
import { prepare } from "../../src/training/prepare.js";
import {
  GOLD_CUT_OFF,
  GOLD_MISSED,
  GOLD_NIL,
  goldPlaces,
  NOT_ANNOTATED,
} from "../../src/training/targets.js";
import { marked, tinyConfig, tinyKb } from "../fixtures.js";
import { withCandidates } from "../model/feature-rows.js";

const DOC = marked("[Paris|Q2] [Paris|Q8] [Paris|NIL] [Paris|Q404] [Paris] [Oslo|NIL] [Oslo|Q1] [Zürich|Q8]");

describe("goldPlaces", () => {
  it("finds the gold among the candidates, and says why it isn't there", () => {
    const kb = tinyKb();
    assert.deepEqual(
      [...goldPlaces([withCandidates(DOC, kb)], kb, CANDIDATE_DEFAULTS)],
      [1, GOLD_MISSED, GOLD_NIL, GOLD_NIL, NOT_ANNOTATED, GOLD_NIL, GOLD_MISSED, 0],
    );
  });

  it("takes a gold that a full list lacks for cut off", () => {
    const kb = tinyKb();
    const places = goldPlaces([withCandidates(DOC, kb)], kb, { maxCandidates: 3 });
    assert.equal(withCandidates(DOC, kb).mentions[1]?.candidates.entities.length, 3);
    assert.deepEqual([places[0], places[1], places[6]], [1, GOLD_CUT_OFF, GOLD_MISSED]);
  });
});

describe("trainableMentions", () => {
  const prepared = prepare(tinyConfig(), { kb: tinyKb(), train: [DOC], dev: [DOC] }).train;

  it("are those with candidates and an answer", () => {
    assert.deepEqual([...trainableMentions(prepared, MODEL_DEFAULTS)], [0, 1, 2, 3, 7]);
    const cut = { ...prepared, gold: prepared.gold.map((place, i) => (i === 1 ? GOLD_CUT_OFF : place)) };
    assert.deepEqual([...trainableMentions(cut, MODEL_DEFAULTS)], [0, 2, 3, 7]);
  });

  it("without a NIL logit are those with a choice and the gold in it", () => {
    assert.deepEqual([...trainableMentions(prepared, { ...MODEL_DEFAULTS, nilLogit: false })], [0]);
  });
});
