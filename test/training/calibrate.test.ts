import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Calibration, decide, linkAbove, probabilitiesOf, softmax } from "../../src/linker/decide.js";
import { makeRandom } from "../../src/model/random.js";
import { calibrate, devScores, type Judged, UNCALIBRATED } from "../../src/training/calibrate.js";
import { GOLD_MISSED, GOLD_NIL, NOT_ANNOTATED } from "../../src/training/targets.js";
import { assertClose } from "../fixtures.js";

/** Log-odds of places that cannot be, as the model writes them. */
const NEVER = -1e4;

/** Mentions of two to five candidates whose answers are drawn from the softmax of logits / temperature. */
function drawn(temperature: number, count = 3000): Judged {
  const random = makeRandom("calibrate", temperature);
  const logits: Float32Array[] = [];
  const gold = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const row = Float32Array.from({ length: 3 + Math.floor(4 * random.next()) }, () => 2 * random.normal());
    let left = random.next();
    const place = softmax(row, temperature).findIndex((p) => {
      left -= p;
      return left < 0;
    });
    logits.push(row);
    gold[i] = place < 0 || place === row.length - 1 ? GOLD_NIL : place;
  }
  return { logits, gold };
}

describe("calibrate", () => {
  for (const temperature of [0.5, 1, 2.5]) {
    it(`recovers a temperature of ${temperature}, and corrects nothing more`, () => {
      const found = calibrate(drawn(temperature));
      assert.ok(Math.abs(found.temperature / temperature - 1) < 0.1, `found ${found.temperature}`);
      assertClose([found.several.slope, found.several.offset], [1, 0], 0.2);
    });
  }

  it("recovers how often a mention's only candidate is right", () => {
    const random = makeRandom("single");
    const rows = Array.from({ length: 4000 }, () => Float32Array.of(3 * random.normal(), 0));
    const truth = (x: number): number => 1 / (1 + Math.exp(-(0.6 * x - 1)));
    const gold = Int32Array.from(rows, ([x = 0]) => (random.next() < truth(x) ? 0 : GOLD_NIL));
    const found = calibrate({ logits: rows, gold });
    for (const x of [-4, -1, 0, 1, 4, 7]) {
      const [p = 0] = probabilitiesOf(Float32Array.of(x, 0), found);
      assert.ok(Math.abs(p - truth(x)) < 0.04, `at ${x}: ${p}, not ${truth(x)}`);
    }
  });

  /** The best accuracy that any threshold gives. */
  function bestAccuracy(judged: Judged, calibration: Calibration): number {
    const scores = judged.logits.map((row) =>
      row ? decide(probabilitiesOf(row, calibration), linkAbove(0)).score : 0,
    );
    const accuracies = [0, ...scores.map((score) => score + 1e-7)].map(
      (threshold) => devScores(judged, { ...calibration, threshold }).accuracy,
    );
    return Math.max(...accuracies);
  }

  it("takes the threshold that gives the best accuracy, where no NIL logit does the work", () => {
    const random = makeRandom("threshold");
    const logits = Array.from({ length: 400 }, () => Float32Array.of(3 * random.next(), 0, NEVER));
    const gold = Int32Array.from(logits, ([x = 0]) => (random.next() < x / 3 ? 0 : GOLD_NIL));
    const judged = { logits, gold };
    const found = calibrate(judged);
    const fitted = devScores(judged, found).accuracy;
    assert.equal(fitted, bestAccuracy(judged, found));
    assert.ok(fitted > devScores(judged, { ...found, threshold: 0 }).accuracy + 0.05);
  });

  it("takes no threshold where it would cost more than it gives, ties included", () => {
    const [sure, same] = [Float32Array.of(4, 0, NEVER), Float32Array.of(1, 0, NEVER)];
    // Three mentions that score the same, NIL first: cutting them off would gain one and lose two.
    const judged = { logits: [same, same, same, sure], gold: Int32Array.of(GOLD_NIL, 0, 0, 0) };
    const found = calibrate(judged);
    assert.equal(devScores(judged, found).accuracy, 3 / 4);
    assert.equal(found.threshold, 0);
    const mostlyNil = { logits: [same, same, same, sure], gold: Int32Array.of(0, GOLD_NIL, GOLD_NIL, 0) };
    assert.equal(devScores(mostlyNil, calibrate(mostlyNil)).accuracy, 3 / 4);
  });

  it("leaves out what is not annotated, and mentions without candidates", () => {
    const { logits, gold } = drawn(2, 300);
    const more = {
      logits: [...logits, Float32Array.of(9, 0, 0), undefined],
      gold: Int32Array.from([...gold, NOT_ANNOTATED, GOLD_NIL]),
    };
    assert.deepEqual(calibrate(more), calibrate({ logits, gold }));
  });

  it("of nothing leaves everything as it is", () => {
    const { threshold, temperature } = calibrate({ logits: [undefined], gold: Int32Array.of(GOLD_NIL) });
    assert.deepEqual([threshold, temperature], [0, 1]);
  });
});

describe("devScores", () => {
  it("counts NIL, missed golds and mentions without candidates; ambiguous are golds among two or more", () => {
    const judged = {
      logits: [
        Float32Array.of(2, 0, -9), // right, ambiguous
        Float32Array.of(0, 2, -9), // wrong, ambiguous
        Float32Array.of(2, -9), // right, one candidate
        Float32Array.of(2, 0, -9), // gold missed: wrong
        Float32Array.of(2, 0, 9), // NIL: right
        undefined, // NIL: right
        undefined, // missed: wrong
        Float32Array.of(2, 0, -9), // not annotated
      ],
      gold: Int32Array.of(0, 0, 0, GOLD_MISSED, GOLD_NIL, GOLD_NIL, GOLD_MISSED, NOT_ANNOTATED),
    };
    assert.deepEqual(devScores(judged, UNCALIBRATED), { accuracy: 4 / 7, ambiguous: 1 / 2 });
    assert.deepEqual(devScores({ logits: [], gold: new Int32Array(0) }, UNCALIBRATED), {
      accuracy: 0,
      ambiguous: 0,
    });
  });
});
