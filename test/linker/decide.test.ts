import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  AS_IT_IS,
  bestCandidate,
  type Calibration,
  decide,
  linkAbove,
  probabilitiesOf,
  softmax,
  withoutChoice,
} from "../../src/linker/decide.js";
import { judge } from "../../src/linker/predict.js";
import type { Mention } from "../../src/model/mention.js";
import { assertClose } from "../fixtures.js";

/** Leaves the softmax as it is. */
const PLAIN: Calibration = { temperature: 1, single: AS_IT_IS, several: AS_IT_IS, threshold: 0 };

describe("softmax", () => {
  const logits = Float32Array.of(Math.log(1), Math.log(3), Math.log(4));

  it("is taken at a temperature", () => {
    assertClose(softmax(logits, 1), [1 / 8, 3 / 8, 4 / 8], 1e-6);
    const roots = [1, Math.sqrt(3), 2].map((x) => x / (3 + Math.sqrt(3)));
    assertClose(softmax(logits, 2), roots, 1e-6);
    assertClose(probabilitiesOf(logits, { ...PLAIN, temperature: 2 }), roots, 1e-6);
  });

  it("leaves the logits as they are", () => {
    const before = logits.slice();
    probabilitiesOf(logits, { ...PLAIN, temperature: 3 });
    assert.deepEqual(logits, before);
  });

  it("stays finite for logits of any size", () => {
    assertClose(softmax(Float32Array.of(3e4, -1e4, 3e4), 0.25), [0.5, 0, 0.5], 1e-6);
    assertClose(probabilitiesOf(Float32Array.of(3e4, -1e4, 0), PLAIN), [1, 0, 0], 1e-5);
  });
});

describe("probabilitiesOf", () => {
  const logits = Float32Array.of(Math.log(2), Math.log(5), Math.log(1), Math.log(2)); // 0.2 0.5 0.1, NIL 0.2

  it("corrects the best candidate's log-odds; the others and NIL share what is left", () => {
    // 0.5 has log-odds 0, so that the offset alone counts: log-odds ln 4 is 0.8, ln 3/2 is 0.6
    const raised = { ...PLAIN, several: { slope: 7, offset: Math.log(4) } };
    assertClose(probabilitiesOf(logits, raised), [0.08, 0.8, 0.04, 0.08], 1e-5);
    const single = { ...PLAIN, single: { slope: 2, offset: 0 } };
    assertClose(probabilitiesOf(Float32Array.of(Math.log(3), 0), single), [0.9, 0.1], 1e-5); // 3 : 1 squared
  });

  it("corrects mentions of one candidate and of several by rules of their own", () => {
    const other = { slope: 1, offset: 5 };
    assertClose(probabilitiesOf(logits, { ...PLAIN, single: other }), softmax(logits, 1), 1e-6);
    const pair = Float32Array.of(1, 0);
    assertClose(probabilitiesOf(pair, { ...PLAIN, several: other }), softmax(pair, 1), 1e-6);
  });

  it("never puts the second before the best, but may put NIL before it", () => {
    const lowered = probabilitiesOf(logits, { ...PLAIN, several: { slope: 1, offset: -9 } });
    assertClose(
      lowered,
      [0.2, 0.5, 0.1, 0.2].map((p) => (p === 0.5 ? 0.2 : p) / 0.7),
      1e-5,
    );
    assert.equal(bestCandidate(lowered), 1);
    const unlikely = probabilitiesOf(Float32Array.of(1, 0.5), { ...PLAIN, single: { slope: 1, offset: -2 } });
    assert.equal(decide(unlikely, linkAbove(0)).choice, -1);
  });

  it("add to 1 with NIL's and keep the best candidate, whatever the logits and the correction", () => {
    const logit = fc.float({ min: -30, max: 30, noNaN: true });
    const platt = fc.record({
      slope: fc.double({ min: 0.1, max: 3, noNaN: true }),
      offset: fc.double({ min: -4, max: 4, noNaN: true }),
    });
    const cases = fc.record({
      row: fc.array(logit, { minLength: 2, maxLength: 6 }).map((values) => Float32Array.from(values)),
      temperature: fc.double({ min: 0.25, max: 8, noNaN: true }),
      single: platt,
      several: platt,
    });
    fc.assert(
      fc.property(cases, ({ row, ...scale }) => {
        const found = probabilitiesOf(row, scale);
        assert.equal(bestCandidate(found), bestCandidate(softmax(row, scale.temperature)));
        assertClose([found.reduce((sum, p) => sum + p, 0)], [1], 1e-4);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("decide", () => {
  const verdict = (probabilities: number[], threshold = 0) => {
    const { choice, score, reason } = decide(Float32Array.from(probabilities), linkAbove(threshold));
    return { choice, score: Math.round(score * 1e4) / 1e4, reason };
  };

  it("links to the most probable candidate; the last place is NIL's", () => {
    assert.deepEqual(verdict([0.2, 0.5, 0.3]), { choice: 1, score: 0.5, reason: "linked" });
  });

  it("gives NIL when it is more probable, with the probability that the best candidate is wrong", () => {
    assert.deepEqual(verdict([0.1, 0.3, 0.6]), { choice: -1, score: 0.7, reason: "below_threshold" });
    assert.deepEqual(verdict([0.05, 0.05, 0.9]), { choice: -1, score: 0.95, reason: "below_threshold" });
    const rounded = Float32Array.of(0.25, 0.75000006); // a little more than 1 in all, as floats may be
    assert.equal(decide(rounded, linkAbove(0)).score, 0.75);
  });

  it("gives NIL below the threshold, and links at it", () => {
    assert.deepEqual(verdict([0.5, 0.25, 0.25], 0.75), { choice: -1, score: 0.5, reason: "below_threshold" });
    assert.deepEqual(verdict([0.5, 0.25, 0.25], 0.5), { choice: 0, score: 0.5, reason: "linked" });
    assert.equal(verdict([1, 0, 0], 1).reason, "linked");
  });

  it("gives ties to the first candidate, which has the better prior, and to it rather than NIL", () => {
    assert.equal(verdict([0.25, 0.25, 0.25, 0.25]).choice, 0);
    assert.equal(verdict([0.1, 0.3, 0.3, 0.3]).choice, 1);
  });

  it("offers the fewest candidates that together reach the threshold of sets, where it does not link", () => {
    const offer = (probabilities: number[], setSize = 3): [string, number] => {
      const verdict = decide(Float32Array.from(probabilities), { link: 0.8, set: 0.75, setSize });
      return [verdict.reason, verdict.setSize];
    };
    assert.deepEqual(offer([0.25, 0.5, 0.125, 0.125]), ["one_of", 2]);
    assert.deepEqual(offer([0.25, 0.375, 0.25, 0.125]), ["one_of", 3]);
    assert.deepEqual(offer([0.25, 0.375, 0.25, 0.125], 2), ["below_threshold", 0]);
    assert.deepEqual(offer([0.25, 0.25, 0.5]), ["below_threshold", 0], "NIL takes too much");
    assert.deepEqual(offer([0.77, 0.23]), ["below_threshold", 0], "one candidate is no set");
    assert.deepEqual(offer([0.9, 0.05, 0.05]), ["linked", 0]);
  });

  it("returns the candidates' probabilities without NIL's", () => {
    assertClose(decide(Float32Array.of(0.2, 0.5, 0.3), linkAbove(0.9)).probabilities, [0.2, 0.5], 1e-6);
  });
});

describe("judge", () => {
  const mention = { span: { start: 0, end: 1, label: "DATE", kbId: "" } } as Mention;
  const logits = Float32Array.of(2, 0);
  const rules = { labelsDiscard: [], calibration: PLAIN, thresholds: linkAbove(0.5) };

  it("looks at the label first, then for candidates, then at the scores", () => {
    const noDates = { ...rules, labelsDiscard: ["DATE"] };
    assert.equal(judge(mention, logits, noDates).reason, "discarded");
    assert.equal(judge(mention, undefined, noDates).reason, "discarded");
    assert.equal(judge(mention, undefined, rules).reason, "no_candidates");
    assert.equal(judge(mention, logits, rules).reason, "linked");
    assert.deepEqual(withoutChoice("discarded"), {
      choice: -1,
      score: 1,
      reason: "discarded",
      setSize: 0,
      probabilities: new Float32Array(0),
    });
  });

  it("keeps to the model's own choice between NIL and a candidate, whatever calibration makes of its probability", () => {
    const surer = { slope: 1, offset: 3 };
    const doubting = { slope: 1, offset: -3 };
    const reasonWith = (logits: Float32Array, single: Calibration["single"]): string =>
      judge(mention, logits, { ...rules, thresholds: linkAbove(0), calibration: { ...PLAIN, single } })
        .reason;
    assert.equal(reasonWith(Float32Array.of(1, 1.5), surer), "below_threshold");
    assert.equal(reasonWith(Float32Array.of(1.5, 1), doubting), "linked");
  });
});
