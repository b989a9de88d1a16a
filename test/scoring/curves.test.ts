import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type BestCandidate,
  calibrationError,
  type NilPoint,
  nilCurve,
  type ReliabilityBin,
  reliability,
} from "../../src/scoring/curves.js";
import { assertClose } from "../fixtures.js";

const best = (score: number, isRight = true, isNil = false): BestCandidate => ({ score, isRight, isNil });

/** Numbers of the bins that have mentions. */
const filled = (bins: readonly ReliabilityBin[]): number[] =>
  bins.flatMap(({ n }, bin) => (n > 0 ? [bin] : []));

describe("reliability", () => {
  it("has ten bins from 0 to 1, each from where the last one ended", () => {
    const bins = reliability([]);
    assert.equal(bins.length, 10);
    assert.deepEqual([bins[0]?.from, bins[9]?.to], [0, 1]);
    for (const [i, { to }] of bins.slice(0, -1).entries()) assert.equal(bins[i + 1]?.from, to);
    assert.deepEqual(bins[3], { from: 0.3, to: 0.4, n: 0, confidence: 0, right: 0 });
  });

  it("takes a bin's lower end into it, and 1 into the last", () => {
    for (let bin = 0; bin < 10; bin++) {
      assert.deepEqual(filled(reliability([best(bin / 10)])), [bin]);
      assert.deepEqual(filled(reliability([best((bin + 1) / 10 - 1e-9)])), [bin]);
    }
    assert.deepEqual(filled(reliability([best(1)])), [9]);
  });

  it("counts scores that are no probabilities among the outermost", () => {
    assert.deepEqual(filled(reliability([best(-0.4), best(1.0001)])), [0, 9]);
  });

  it("gives each bin its mean probability and the share that is right", () => {
    const bins = reliability([best(0.9), best(0.94, false), best(1), best(0.45, false), best(0.95)]);
    assert.deepEqual(filled(bins), [4, 9]);
    const [fourth, last] = [bins[4], bins[9]] as [ReliabilityBin, ReliabilityBin];
    assertClose([last.n, last.confidence, last.right], [4, (0.9 + 0.94 + 1 + 0.95) / 4, 3 / 4], 1e-12);
    assert.deepEqual([fourth.n, fourth.confidence, fourth.right], [1, 0.45, 0]);
  });
});

describe("calibrationError", () => {
  it("is the distance of probability and right ones, bins weighed by their size", () => {
    // Three of five in a bin of mean 0.8, of which 1/3 is right; two in a bin of mean 0.5, both right.
    const bins = reliability([best(0.8), best(0.8, false), best(0.8, false), best(0.5), best(0.5)]);
    assertClose([calibrationError(bins)], [(3 * (0.8 - 1 / 3) + 2 * (1 - 0.5)) / 5], 1e-12);
  });

  it("is 0 where each probability is kept, and where there is nothing", () => {
    assert.equal(calibrationError(reliability([best(1), best(0.5), best(0.5, false), best(0, false)])), 0);
    assert.equal(calibrationError(reliability([])), 0);
  });
});

describe("nilCurve", () => {
  // Two are NIL: one of them without a candidate, one with an improbable one. Two links, one of them unsure.
  const mentions = [best(0, false, true), best(0.3, false, true), best(0.42), best(0.9)];
  const at = (threshold: number, curve = nilCurve(mentions)): NilPoint => {
    const point = curve.find((own) => own.threshold === threshold);
    assert.ok(point);
    return point;
  };
  const f = (p: number, r: number): number => (2 * p * r) / (p + r);

  it("has a point each twentieth, 0 and 1 too", () => {
    const thresholds = nilCurve(mentions).map(({ threshold }) => threshold);
    assert.deepEqual(
      thresholds,
      Array.from({ length: 21 }, (_, i) => i / 20),
    );
  });

  it("is by hand: links below the threshold become NIL, a link as probable as the threshold stays", () => {
    assert.deepEqual(at(0), { threshold: 0, p: 1, r: 1 / 2, f: f(1, 1 / 2) });
    assert.deepEqual(at(0.3), { threshold: 0.3, p: 1, r: 1 / 2, f: f(1, 1 / 2) });
    assert.deepEqual(at(0.35), { threshold: 0.35, p: 1, r: 1, f: 1 });
    assert.deepEqual(at(0.45), { threshold: 0.45, p: 2 / 3, r: 1, f: f(2 / 3, 1) });
    assert.deepEqual(at(1), { threshold: 1, p: 2 / 4, r: 1, f: f(1 / 2, 1) });
  });

  it("finds more NIL with every step", () => {
    const recalls = nilCurve(mentions).map(({ r }) => r);
    assert.deepEqual(
      recalls,
      recalls.toSorted((a, b) => a - b),
    );
  });

  it("is 0 where nothing is NIL or nothing is found", () => {
    const links = nilCurve([best(0.5), best(0.7)]);
    assert.deepEqual(at(0, links), { threshold: 0, p: 0, r: 0, f: 0 });
    assert.deepEqual(at(1, links), { threshold: 1, p: 0, r: 0, f: 0 });
    assert.deepEqual(at(0, nilCurve([])), { threshold: 0, p: 0, r: 0, f: 0 });
  });
});
