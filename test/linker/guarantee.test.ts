import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AS_IT_IS, type Calibration } from "../../src/linker/decide.js";
import {
  type Demand,
  type Evidence,
  guarantee,
  LARGEST_SET,
  NEVER,
  sizeOfSet,
} from "../../src/linker/guarantee.js";
import { LINKER_DEFAULTS } from "../../src/linker/options.js";
import { thresholdsOf } from "../../src/linker/thresholds.js";
import { makeRandom, type Random } from "../../src/model/random.js";

const DEMAND: Demand = { precision: 0.95, confidence: 0.9, setSize: 0 };

interface World {
  readonly mentions: number;
  /** Mentions of one document, all right or all wrong together. @default 1 */
  readonly clustered?: number;
}

/** Mentions whose best candidate, of two, is right as often as its probability says. */
function draw(random: Random, { mentions, clustered = 1 }: World): Evidence {
  const top = new Float32Array(mentions * LARGEST_SET);
  const gold = new Uint8Array(mentions);
  let luck = 0;
  for (let i = 0; i < mentions; i++) {
    if (i % clustered === 0) luck = random.next();
    const probability = 0.5 + 0.5 * Math.sqrt(random.next());
    top.set([probability, 1 - probability], i * LARGEST_SET);
    gold[i] = luck < probability ? 0 : 1;
  }
  const documents = Int32Array.from({ length: mentions }, (_, i) => Math.floor(i / clustered));
  return { documents, nilWins: new Uint8Array(mentions), top, gold };
}

/** Documents of forty mentions with one score, right together in 97.5 % of documents. */
function allRightOrWrong(random: Random, documents: number): Evidence {
  const mentions = 40 * documents;
  const top = new Float32Array(mentions * LARGEST_SET);
  const gold = new Uint8Array(mentions);
  const documentOf = Int32Array.from({ length: mentions }, (_, i) => Math.floor(i / 40));
  for (let document = 0; document < documents; document++) {
    if (random.next() >= 0.975) gold.fill(1, 40 * document, 40 * (document + 1));
  }
  for (let i = 0; i < mentions; i++) top.set([0.99, 0.01], i * LARGEST_SET);
  return { documents: documentOf, nilWins: new Uint8Array(mentions), top, gold };
}

/** Share of right links at a threshold among very many mentions of the same world. */
function truePrecision(threshold: number): number {
  const evidence = draw(makeRandom("truth"), { mentions: 100_000 });
  let linked = 0;
  let right = 0;
  evidence.gold.forEach((place, i) => {
    if ((evidence.top[i * LARGEST_SET] as number) < threshold) return;
    linked++;
    if (place === 0) right++;
  });
  return linked === 0 ? 1 : right / linked;
}

describe("guarantee", () => {
  it("keeps its promise in nine of ten corpora or more, and links what it can", () => {
    const random = makeRandom("corpora");
    const found = Array.from({ length: 60 }, () => guarantee(draw(random, { mentions: 3000 }), DEMAND));
    const kept = found.filter(({ link }) => truePrecision(link) >= DEMAND.precision);
    assert.ok(kept.length >= 54, `${kept.length} of 60 kept`);
    const coverage = found.reduce((sum, guaranteed) => sum + guaranteed.coverage, 0) / found.length;
    assert.ok(coverage > 0.1, `${coverage} is linked`);
  });

  it("keeps it where the mentions of a document stand and fall together", () => {
    const random = makeRandom("clusters");
    const found = Array.from({ length: 60 }, () =>
      guarantee(draw(random, { mentions: 6000, clustered: 20 }), DEMAND),
    );
    const kept = found.filter(({ link }) => truePrecision(link) >= DEMAND.precision);
    assert.ok(kept.length >= 54, `${kept.length} of 60 kept`);
  });

  for (const documents of [20, 40]) {
    it(`keeps it in ${documents} documents whose forty mentions stand and fall together`, () => {
      const random = makeRandom("few documents", documents);
      const broken = Array.from({ length: 100 }, () => allRightOrWrong(random, documents)).filter(
        (evidence) => guarantee(evidence, { ...DEMAND, precision: 0.98 }).coverage > 0,
      );
      assert.ok(broken.length <= 10, `${broken.length} of 100 link what is right in 97.5 % only`);
    });
  }

  it("asks for higher scores where more is promised", () => {
    const evidence = draw(makeRandom("one"), { mentions: 5000 });
    const thresholds = [0.8, 0.9, 0.95].map(
      (precision) => guarantee(evidence, { ...DEMAND, precision }).link,
    );
    assert.ok((thresholds[0] as number) < (thresholds[1] as number));
    assert.ok((thresholds[1] as number) < (thresholds[2] as number));
  });

  it("links nothing where dev is too small to vouch for anything", () => {
    const { link, coverage } = guarantee(draw(makeRandom("small"), { mentions: 30 }), DEMAND);
    assert.deepEqual([link, coverage], [NEVER, 0]);
  });

  it("never links what the model takes for NIL", () => {
    const evidence = draw(makeRandom("nil"), { mentions: 5000 });
    evidence.nilWins.fill(1);
    assert.equal(guarantee(evidence, { ...DEMAND, precision: 0.5 }).coverage, 0);
  });

  it("offers sets of what it does not link, right as often as asked", () => {
    const evidence = draw(makeRandom("sets"), { mentions: 5000 });
    const { coverage, setCoverage } = guarantee(evidence, { ...DEMAND, setSize: 2 });
    assert.ok(coverage + setCoverage > 0.99, "two candidates always have the gold here");
    assert.equal(guarantee(evidence, DEMAND).setCoverage, 0);
  });
});

describe("sizeOfSet", () => {
  it("is the fewest candidates, two or more, that reach the threshold", () => {
    const size = (threshold: number, largest: number): number =>
      sizeOfSet([0.5, 0.25, 0.125], { threshold, largest });
    assert.deepEqual(
      [size(0.4, 3), size(0.75, 3), size(0.8, 3), size(0.8, 2), size(0.9, 3)],
      [2, 2, 3, 0, 0],
    );
    assert.equal(sizeOfSet([1, 0, 0], { threshold: 0.5, largest: 3 }), 0);
  });
});

describe("thresholdsOf", () => {
  const calibration: Calibration = { temperature: 1, single: AS_IT_IS, several: AS_IT_IS, threshold: 0.9 };
  const evidence = draw(makeRandom("options"), { mentions: 3000 });
  const linkOf = (changes: object): number =>
    thresholdsOf({ ...LINKER_DEFAULTS, ...changes }, calibration, evidence).link;

  it("takes the settings' threshold over the fitted one, 0 as well", () => {
    assert.deepEqual([linkOf({}), linkOf({ threshold: 0 }), linkOf({ threshold: 0.3 })], [0.9, 0, 0.3]);
  });

  it("takes a precision's over the fitted one", () => {
    assert.equal(linkOf({ precision: 0.95 }), guarantee(evidence, DEMAND).link);
  });

  it("refuses what contradicts itself or means nothing", () => {
    const refuses = (changes: object, code: string): void => assert.throws(() => linkOf(changes), { code });
    refuses({ precision: 0.95, threshold: 0.5 }, "L511");
    refuses({ setSize: 3 }, "L511");
    refuses({ precision: 1 }, "L510");
    refuses({ precision: 0.9, setSize: 1 }, "L510");
    refuses({ precision: 0.9, confidence: Number.NaN }, "L510");
    const options = { ...LINKER_DEFAULTS, precision: 0.9 };
    assert.throws(() => thresholdsOf(options, calibration, undefined), { code: "L511" });
  });
});
