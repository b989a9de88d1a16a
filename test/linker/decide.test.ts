import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decide, probabilitiesOf, withoutChoice } from "../../src/linker/decide.js";
import { LINKER_DEFAULTS } from "../../src/linker/options.js";
import { judge } from "../../src/linker/predict.js";
import type { Mention } from "../../src/model/mention.js";
import { assertClose } from "../fixtures.js";

describe("probabilitiesOf", () => {
  const logits = Float32Array.of(Math.log(1), Math.log(3), Math.log(4));

  it("is the softmax at a temperature", () => {
    assertClose(probabilitiesOf(logits, 1), [1 / 8, 3 / 8, 4 / 8], 1e-6);
    const roots = [1, Math.sqrt(3), 2].map((x) => x / (3 + Math.sqrt(3)));
    assertClose(probabilitiesOf(logits, 2), roots, 1e-6);
  });

  it("leaves the logits as they are", () => {
    const before = logits.slice();
    probabilitiesOf(logits, 3);
    assert.deepEqual(logits, before);
  });

  it("stays finite for logits of any size", () => {
    assertClose(probabilitiesOf(Float32Array.of(3e4, -1e4, 3e4), 0.25), [0.5, 0, 0.5], 1e-6);
  });
});

describe("decide", () => {
  const verdict = (probabilities: number[], threshold = 0) => {
    const { choice, score, reason } = decide(Float32Array.from(probabilities), threshold);
    return { choice, score: Math.round(score * 1e4) / 1e4, reason };
  };

  it("links to the most probable candidate; the last place is NIL's", () => {
    assert.deepEqual(verdict([0.2, 0.5, 0.3]), { choice: 1, score: 0.5, reason: "linked" });
  });

  it("gives NIL when it is more probable, with its probability or that of not being the best", () => {
    assert.deepEqual(verdict([0.1, 0.3, 0.6]), { choice: -1, score: 0.7, reason: "below_threshold" });
    assert.deepEqual(verdict([0.05, 0.05, 0.9]), { choice: -1, score: 0.95, reason: "below_threshold" });
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

  it("returns the candidates' probabilities without NIL's", () => {
    assertClose(decide(Float32Array.of(0.2, 0.5, 0.3), 0.9).probabilities, [0.2, 0.5], 1e-6);
  });
});

describe("judge", () => {
  const mention = { span: { start: 0, end: 1, label: "DATE", kbId: "" } } as Mention;
  const logits = Float32Array.of(2, 0);
  const calibration = { temperature: 1, threshold: 0.5 };

  it("looks at the label first, then for candidates, then at the scores", () => {
    const options = { ...LINKER_DEFAULTS, labelsDiscard: ["DATE"] };
    assert.equal(judge(mention, logits, options, calibration).reason, "discarded");
    assert.equal(judge(mention, undefined, options, calibration).reason, "discarded");
    assert.equal(judge(mention, undefined, LINKER_DEFAULTS, calibration).reason, "no_candidates");
    assert.equal(judge(mention, logits, LINKER_DEFAULTS, calibration).reason, "linked");
    assert.deepEqual(withoutChoice("discarded"), {
      choice: -1,
      score: 1,
      reason: "discarded",
      probabilities: new Float32Array(0),
    });
  });

  it("takes the settings' threshold over the fitted one, 0 as well", () => {
    const unsure = Float32Array.of(-0.5, -1);
    const reasonAt = (threshold: number | null, fitted: number): string =>
      judge(mention, unsure, { ...LINKER_DEFAULTS, threshold }, { temperature: 1, threshold: fitted }).reason;
    assert.equal(reasonAt(null, 0.9), "below_threshold");
    assert.equal(reasonAt(0, 0.9), "linked");
    assert.equal(reasonAt(0.9, 0), "below_threshold");
  });
});
