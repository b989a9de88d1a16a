import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Doc } from "../../src/text/doc.js";
import { prepare } from "../../src/training/prepare.js";
import { variedPriors } from "../../src/training/varied-priors.js";
import { assertClose, ENTITIES, marked, tinyConfig, tinyDocs, tinyKb } from "../fixtures.js";

const kb = tinyKb();
const entities = ENTITIES.map(({ id }) => kb.entityIds.get(id));
const Q1 = kb.entityIds.get("Q1");
const Q2 = kb.entityIds.get("Q2");
const doc = marked("[Paris|Q1] and [Oslo|NIL], [Bergen|Q404], [Jordan]");

/** The prior of an entity in many drawings; the knowledge base's is 0.7. */
function priorsOf(entity: number, drawings: number, given: Doc = doc): number[] {
  return Array.from({ length: drawings }, (_, i) =>
    variedPriors(given, kb, `seed ${i}`).prior("Paris", entity, 0.7, 3),
  );
}

const logFrequenciesOf = (entity: number, drawings: number): number[] =>
  Array.from({ length: drawings }, (_, i) =>
    Math.log(variedPriors(doc, kb, `seed ${i}`).frequency(entity, 50)),
  );

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe("variedPriors", () => {
  /** All that a document's names and entities get, in a fixed order. */
  function drawn(seed: string): number[] {
    const { prior, frequency } = variedPriors(doc, kb, seed);
    const names = ["Paris", "Oslo"];
    return entities.flatMap((entity) => [
      ...names.map((name) => prior(name, entity, 0.5, 2)),
      frequency(entity, 9),
    ]);
  }

  it("draws the same for the same seed, other numbers for another", () => {
    assert.deepEqual(drawn("1 0"), drawn("1 0"));
    assert.equal(new Set([...drawn("1 0"), ...drawn("1 1")]).size, 2 * 3 * entities.length);
  });

  it("draws priors above 0, 0.98 at most", () => {
    const { prior } = variedPriors(doc, kb, "many names");
    const priors = Array.from({ length: 40_000 }, (_, i) =>
      prior(`name ${i}`, i % 2 === 0 ? Q1 : Q2, 0.7, 3),
    );
    assert.ok(priors.every((value) => value > 0 && value <= 0.98));
    assert.ok(Math.min(...priors) < 0.001, "the whole range is drawn");
    // A gold's strength, exponential of mean 6, is above 49 = 0.98 / 0.02 in exp(-49 / 6) = 0.03 % of the drawings.
    assert.ok(priors.includes(0.98));
  });

  it("favours golds in nine of ten drawings", () => {
    // s / (s + 1) with s exponential of mean 1 is 0.404 on average, with mean 6 it is 0.729.
    assertClose([mean(priorsOf(Q1, 4000))], [0.9 * 0.729 + 0.1 * 0.404], 0.02);
    assertClose([mean(priorsOf(Q2, 4000))], [0.404], 0.02);
  });

  it("favours nobody in a document that links nothing", () => {
    const nothing = marked("[Paris|NIL], [Paris|Q404], [Paris]");
    assertClose([mean(priorsOf(Q1, 4000, nothing))], [0.404], 0.02);
  });

  it("draws log frequencies evenly from 0 to 6, those of golds from 2 to 8", () => {
    for (const [entity, from] of [
      [Q2, 0],
      [Q1, 2],
    ] as const) {
      const logs = logFrequenciesOf(entity, 3000);
      assert.ok(Math.min(...logs) >= from && Math.max(...logs) < from + 6);
      assertClose([mean(logs)], [from + 3], 0.05, `from ${from}`);
    }
  });

  it("gives a name's entity the same prior, and an entity the same frequency, throughout a document", () => {
    const { prior, frequency } = variedPriors(doc, kb, "one");
    const [first, often] = [prior("Paris", Q1, 0.7, 3), frequency(Q1, 50)];
    assert.notEqual(prior("Paris", Q2, 0.2, 3), first);
    assert.notEqual(prior("PARIS", Q1, 0.7, 3), first);
    assert.notEqual(frequency(Q2, 10), often);
    assert.deepEqual([prior("Paris", Q1, 0.1, 1), frequency(Q1, 7)], [first, often]);
  });
});

describe("training.varied_priors", () => {
  const priorsWith = (varied_priors: number, part: "train" | "dev"): Float32Array =>
    prepare(tinyConfig({ training: { varied_priors } }), { kb: tinyKb(), ...tinyDocs() })[part].table.priors;

  it("is the share of training documents that get other priors; dev keeps the knowledge base's", () => {
    const kept = priorsWith(0, "train");
    const shareKept = (varied: number): number => {
      const priors = priorsWith(varied, "train");
      return priors.filter((prior, i) => prior === kept[i]).length / priors.length;
    };
    assert.equal(shareKept(1), 0);
    assert.ok(shareKept(0.5) > 0.1 && shareKept(0.5) < 0.9);
    assert.deepEqual(priorsWith(1, "dev"), priorsWith(0, "dev"));
    assert.deepEqual(priorsWith(0.5, "train"), priorsWith(0.5, "train"));
  });
});
