import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NaiveBayes } from "../../src/model/naive-bayes.js";
import { assertClose } from "../fixtures.js";

/** Counts contexts: for each its answer and its features. */
function add(
  bayes: NaiveBayes,
  ...contexts: readonly (readonly [answer: number, features: readonly number[]])[]
): void {
  for (const [answer, features] of contexts) {
    bayes.addContext(answer, { shared: Uint16Array.from(features), sharedCount: features.length });
  }
}

/** Features 0, 1, 2; answers 0, 1, 2. */
function counted(
  ...contexts: readonly (readonly [answer: number, features: readonly number[]])[]
): NaiveBayes {
  const bayes = new NaiveBayes();
  bayes.reset(3, 3);
  add(bayes, ...contexts);
  return bayes;
}

const close = (found: number, expected: number, what = ""): void =>
  assertClose([found], [expected], 1e-6, what);

describe("NaiveBayes", () => {
  // Feature 0 is in two of three contexts, feature 1 in one; the answers 0 and 1 have two contexts and one.
  const bayes = counted([0, [0]], [0, [0]], [1, [1]]);

  it("compares how often an answer's contexts have a feature with how often any have it", () => {
    // (2 / (2/3) + 1) / (2 + 1) and (0 + 1) / (1 + 1)
    close(bayes.logRatio(0, 0, 1), Math.log(4 / 3));
    close(bayes.logRatio(1, 0, 1), Math.log(1 / 2));
    // (0 + 1) / (2 + 1) and (1 / (1/3) + 1) / (1 + 1)
    close(bayes.logRatio(0, 1, 2), Math.log(1 / 3));
    close(bayes.logRatio(1, 1, 2), Math.log(2));
  });

  it("adds up the features of the range", () => {
    close(bayes.logRatio(0, 0, 2), Math.log((4 / 3) * (1 / 3)));
    close(bayes.logRatio(1, 0, 3), Math.log((1 / 2) * 2));
    assert.equal(bayes.logRatio(1, 1, 1), 0);
  });

  it("says nothing of an answer without contexts, by a feature without contexts, or with no context at all", () => {
    assert.equal(bayes.logRatio(2, 0, 3), 0);
    assert.equal(bayes.logRatio(0, 2, 3), 0);
    assert.equal(counted().logRatio(0, 0, 3), 0);
  });

  it("reads as many features of a context as it has, not all that the scratch holds", () => {
    const given = counted([1, [1]]);
    given.addContext(0, { shared: Uint16Array.of(0, 1, 2), sharedCount: 1 });
    const expected = counted([1, [1]], [0, [0]]);
    for (const answer of [0, 1]) close(given.logRatio(answer, 0, 3), expected.logRatio(answer, 0, 3));
  });

  it("nears log(P(feature | answer) / P(feature)) with many contexts", () => {
    const many = counted(...Array.from({ length: 2000 }, (_, i) => [i % 2, i % 2 ? [] : [0]] as const));
    assertClose([many.logRatio(0, 0, 1)], [Math.log(1 / 0.5)], 1e-3);
  });

  it("goes no farther than 4 from even, on either side", () => {
    // One context of answer 0 alone has the features 0 and 1: (1 / (1/100) + 1) / (1 + 1) each, ln 50.5 = 3.92.
    const hundred = Array.from({ length: 99 }, () => [1, []] as const);
    const one = counted([0, [0, 1]], ...hundred);
    close(one.logRatio(0, 0, 1), Math.log(101 / 2));
    assert.equal(one.logRatio(0, 0, 2), 4);
    // The 99 others: (0 + 1) / (99 + 1), ln 0.01 = -4.6.
    assert.equal(one.logRatio(1, 0, 1), -4);
  });

  it("forgets everything at a reset, whether more or fewer features and answers come next", () => {
    for (const [features, answers] of [
      [5, 4],
      [2, 2],
      [300, 70],
    ] as const) {
      const used = new NaiveBayes();
      used.reset(features, answers);
      for (let i = 0; i < 50; i++) add(used, [i % answers, [i % features]]);
      used.reset(3, 3);
      assert.equal(used.logRatio(0, 0, 3), 0);
      add(used, [0, [0]], [0, [0]], [1, [1]]);
      for (const answer of [0, 1, 2]) {
        for (const feature of [0, 1, 2]) {
          const [of, expected] = [used, bayes].map((each) => each.logRatio(answer, feature, feature + 1));
          assert.equal(of, expected, `${answer}, ${feature}`);
        }
      }
    }
  });
});
