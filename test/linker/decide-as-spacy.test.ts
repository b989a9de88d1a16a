import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Candidate } from "../../src/kb/candidate.js";
import { decideAsSpacy, type SpacyDecisionOptions } from "../../src/linker/decide-as-spacy.js";
import { assertClose } from "../fixtures.js";
import { goldenCases } from "../golden.js";

type Row = readonly [id: string, prior: number, vector: readonly number[]];

interface Case {
  readonly settings: readonly [
    labelsDiscard: string[],
    threshold: number | null,
    inclPrior: boolean,
    inclContext: boolean,
  ];
  readonly label: string;
  readonly context: readonly number[];
  readonly candidates: readonly Row[];
  /** spaCy's choice, */
  readonly id: string;
  /** and its scores where it computed them. */
  readonly scores?: readonly number[];
}

const toCandidates = (rows: readonly Row[]): Candidate[] =>
  rows.map(([entity_, priorProb, vector], entity) => {
    const entityVector = Float32Array.from(vector);
    return Candidate.of({ entity, entity_, entityFreq: 1, entityVector, alias: 0, alias_: "m", priorProb });
  });

describe("decideAsSpacy", () => {
  const cases = goldenCases<Case>("decisions");

  it("chooses what spaCy chooses, by the same scores", () => {
    cases.forEach(({ settings, label, context, candidates, id, scores }, i) => {
      const [labelsDiscard, threshold, inclPrior, inclContext] = settings;
      const options = { labelsDiscard, threshold, inclPrior, inclContext };
      const mention = { label, candidates: toCandidates(candidates), contextVector: context };
      const decision = decideAsSpacy(mention, options);
      const what = `case ${i}, ${JSON.stringify(settings)}`;
      assert.equal(candidates[decision.choice]?.[0] ?? "NIL", id, what);
      assert.equal(decision.reason === "linked", id !== "NIL", what);
      if (scores) assertClose(decision.scores, scores, 1e-6, what);
    });
  });

  it("was compared in every kind of case", () => {
    const kinds = new Set<string>();
    for (const { settings, label, candidates, id } of cases) {
      const [labelsDiscard, threshold, inclPrior, inclContext] = settings;
      const group = labelsDiscard.includes(label) ? "discarded" : Math.min(2, candidates.length);
      kinds.add([threshold, inclPrior, inclContext, group, id === "NIL"].join(" "));
    }
    assert.ok(cases.length >= 200);
    for (const kind of [
      " true true discarded true",
      "0.3 true true 0 true",
      " true true 1 false",
      " false false 1 false",
      "0.3 true true 1 false",
      "0.8 true true 1 true",
      "0.8 true true 2 false",
      "0.8 false true 2 true",
      "0.3 true false 2 false",
      "1 true false 2 false", // a prior of 1
      "1 true true 2 true",
    ]) {
      assert.ok(kinds.has(kind), kind);
    }
    assert.ok(cases.some(({ scores = [] }) => scores.some((score) => score < 0)));
  });

  const decide = (rows: readonly Row[], context: readonly number[], options?: SpacyDecisionOptions) =>
    decideAsSpacy({ label: "GPE", candidates: toCandidates(rows), contextVector: context }, options);

  it("counts a vector of zeros as like nothing, where spaCy has NaN and takes it", () => {
    const zeros: Row[] = [
      ["Q1", 0.25, [0, 0]],
      ["Q2", 0.5, [-0.5, 0]],
    ];
    const { choice, scores } = decide(zeros, [1, 0]);
    assert.deepEqual([choice, ...scores], [0, 0.25, 0.5 - 1 * 0.5]);
    assert.deepEqual([...decide(zeros, [0, 0]).scores], [0.25, 0.5]);
    assert.deepEqual([...decide(zeros, [Number.NaN, 1]).scores], [0.25, 0.5]);
  });

  it("gives ties to the better prior, also with priors off, then to the earlier", () => {
    const rows: Row[] = [
      ["Q1", 0.25, [1, 0]],
      ["Q2", 0.5, [1, 0]],
      ["Q3", 0.5, [1, 0]],
    ];
    assert.equal(decide(rows, [1, 1], { inclPrior: false }).choice, 1);
    assert.equal(decide(rows.slice(1), [1, 1], { inclPrior: false }).choice, 0);
    assert.equal(decide(rows, [2, 0]).choice, 1); // all 1
  });

  it("keeps a prior of 1 at a score of exactly 1, which no threshold rejects", () => {
    for (let i = 0; i < 100; i++) {
      const { choice, scores } = decide([["Q1", 1, [1, 0]]], [Math.cos(i), Math.sin(i)], { threshold: 1 });
      assert.deepEqual([choice, scores[0]], [0, 1]);
    }
  });

  it("links a score that is the threshold", () => {
    assert.equal(decide([["Q1", 0.5, [0, 1]]], [1, 0], { threshold: 0.5 }).reason, "linked");
    assert.equal(decide([["Q1", 0.25, [0, 1]]], [1, 0], { threshold: 0.5 }).reason, "below_threshold");
    assert.equal(decide([["Q1", 0, [-1, 0]]], [1, 0]).reason, "linked");
  });

  it("refuses vectors of different lengths and a threshold that is none", () => {
    const rows: Row[] = [["Q1", 0.5, [1, 0, 0]]];
    assert.throws(() => decide(rows, [1, 0]), { code: "E147", message: /length 3.* 2 / });
    assert.equal(decide(rows, [1, 0], { inclContext: false }).choice, 0);
    for (const threshold of [-0.1, 1.1, Number.NaN]) {
      assert.throws(() => decide(rows, [1, 0, 0], { threshold }), { code: "E1043" });
    }
  });
});
