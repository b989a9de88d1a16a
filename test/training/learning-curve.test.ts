import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { bundleFor, readBaseModel } from "../../src/linker/base-model.js";
import { linkerFrom } from "../../src/linker/bundle.js";
import { type Config, checkConfig } from "../../src/linker/config.js";
import { makeRandom, shuffle } from "../../src/model/random.js";
import { evaluate } from "../../src/scoring/evaluation.js";
import { spreadOf } from "../../src/scoring/spread.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import type { Doc } from "../../src/text/doc.js";
import {
  type CurvePoint,
  type CurveRun,
  type LearningCurve,
  type LearningCurveOptions,
  learningCurve,
} from "../../src/training/learning-curve.js";
import { trainOn } from "../../src/training/train.js";
import { marked, tinyConfig, tinyDocs, tinyKb } from "../fixtures.js";

/** Annotated mentions of the fixtures' sixteen training documents, none of which has more than two. */
const ALL = 21;

let backend: Backend;
before(async () => {
  backend = await loadBackend("wasm");
});

const config = (changes: Partial<Config["training"]> = {}): Config =>
  tinyConfig({ training: { max_epochs: 2, ...changes } });

const curveOf = (options: LearningCurveOptions, own = config(), docs = tinyDocs()): Promise<LearningCurve> =>
  learningCurve(own, { kb: tinyKb(), ...docs }, backend, options);

const pointsOf = ({ curves }: LearningCurve, curve = 0): readonly CurvePoint[] => curves[curve]?.points ?? [];
const sizesOf = (curve: LearningCurve): number[] => pointsOf(curve).map(({ size }) => size);

/** Documents in the seed's order until they have so many mentions. */
function docsUntil(mentions: number, seed: number): Doc[] {
  const { train } = tinyDocs();
  const order = shuffle(Int32Array.from(train.keys()), makeRandom(seed, "learning curve"));
  const docs = Array.from(order, (i) => train[i] as Doc);
  let count = 0;
  return docs.filter(({ ents }) => {
    const isTaken = count < mentions;
    count += ents.length;
    return isTaken;
  });
}

async function trained(
  train: readonly Doc[],
  seed: number,
): Promise<Pick<CurveRun, "accuracy" | "accuracy_ambiguous">> {
  const { dev } = tinyDocs();
  const bundle = await trainOn(config({ seed }), { kb: tinyKb(), train, dev }, backend);
  const { accuracy, accuracy_ambiguous } = await evaluate(linkerFrom(bundle, backend), dev);
  return { accuracy, accuracy_ambiguous };
}

describe("learningCurve", () => {
  const SIZES = [5, 0, 10];
  let curve: LearningCurve;
  before(async () => {
    curve = await curveOf({ sizes: SIZES, seeds: 2 });
  });

  it("has the sizes asked for in order, and the whole corpus last", () => {
    assert.deepEqual(sizesOf(curve), [0, 5, 10, ALL]);
    for (const { runs } of pointsOf(curve)) {
      assert.deepEqual(
        runs.map(({ seed }) => seed),
        [1, 2],
      );
    }
  });

  it("asks for no more mentions than there are, and for all of them once", async () => {
    assert.deepEqual(sizesOf(await curveOf({ sizes: [ALL, 30, 0, 3000], seeds: 1 })), [0, ALL]);
  });

  it("trains on whole documents that just have the mentions asked for", () => {
    for (const { size, runs } of pointsOf(curve)) {
      for (const { seed, mentions, documents } of runs) {
        const docs = docsUntil(size, seed);
        assert.equal(documents, docs.length);
        assert.equal(
          mentions,
          docs.reduce((sum, { ents }) => sum + ents.length, 0),
        );
        assert.ok(mentions >= size && mentions < size + 2, `${mentions} mentions for ${size}`);
      }
    }
    const [whole] = pointsOf(curve).at(-1)?.runs ?? [];
    assert.deepEqual([whole?.documents, whole?.mentions], [16, ALL]);
  });

  it("gives what a training by hand gives", async () => {
    for (const size of [5, ALL]) {
      for (const seed of [1, 2]) {
        const run = pointsOf(curve).find((point) => point.size === size)?.runs[seed - 1];
        const docs = size === ALL ? tinyDocs().train : docsUntil(size, seed);
        const { accuracy, accuracy_ambiguous } = await trained(docs, seed);
        assert.deepEqual([run?.accuracy, run?.accuracy_ambiguous], [accuracy, accuracy_ambiguous]);
      }
    }
  });

  it("sums its runs up", () => {
    for (const { runs, accuracy, accuracy_ambiguous } of pointsOf(curve)) {
      assert.deepEqual(accuracy, spreadOf(runs.map((run) => run.accuracy)));
      assert.deepEqual(accuracy_ambiguous, spreadOf(runs.map((run) => run.accuracy_ambiguous)));
    }
  });

  it("starts with the prior: untrained, the best prior links", () => {
    // Right of dev's six mentions: Paris Q1, Jordan Q4, Apple Q6. Wrong: Paris Q2, Jordan Q5, Paris NIL.
    assert.equal(curve.prior_accuracy, 3 / 6);
    assert.equal(curve.oracle_accuracy, 1);
    const [untrained] = pointsOf(curve);
    assert.deepEqual(untrained?.accuracy, { mean: 3 / 6, sd: 0 });
    assert.deepEqual(untrained?.accuracy_ambiguous, { mean: 3 / 5, sd: 0 });
    assert.deepEqual(
      untrained?.runs.map(({ mentions, documents }) => [mentions, documents]),
      [
        [0, 0],
        [0, 0],
      ],
    );
  });

  it("takes mentions without candidates for NIL, and golds that are no candidate for wrong", async () => {
    // Three of the six and Oslo NIL are right; Oslo Q1 can't be; a mention that is not annotated does not count.
    const dev = [...tinyDocs().dev, marked("[Oslo|NIL], [Oslo|Q1], [Zürich]")];
    const { prior_accuracy, oracle_accuracy } = await curveOf({ sizes: [0], seeds: 1 }, config(), {
      ...tinyDocs(),
      dev,
    });
    assert.deepEqual([prior_accuracy, oracle_accuracy], [4 / 8, 7 / 8]);
  });

  it("is the same again", async () => {
    assert.deepEqual(await curveOf({ sizes: SIZES, seeds: 2 }), curve);
  });

  it("takes the config's seed for the first, and tells after each run how many are done", async () => {
    const done: string[] = [];
    const other = await curveOf(
      { sizes: [0], seeds: 2, onRun: (count, of) => done.push(`${count} of ${of}`) },
      config({ seed: 7, max_epochs: 1 }),
    );
    assert.deepEqual(done, ["1 of 4", "2 of 4", "3 of 4", "4 of 4"]);
    assert.deepEqual(
      pointsOf(other)[1]?.runs.map(({ seed }) => seed),
      [7, 8],
    );
  });

  it("stops at an abort signal", async () => {
    const controller = new AbortController();
    const onRun = (): void => controller.abort();
    await assert.rejects(curveOf({ seeds: 1, onRun, signal: controller.signal }), { name: "AbortError" });
  });

  it("refuses a model to start from of another width", async () => {
    await assert.rejects(curveOf({ seeds: 1, inits: ["base"] }), {
      code: "L512",
      message: /model\.context_width 128\b/,
    });
  });
});

describe("learningCurve from the base model", () => {
  const paths = { kb: "kb", train: "train.jsonl", dev: "dev.jsonl" };
  const wide = checkConfig({ paths, training: { backend: "wasm", max_epochs: 1 } }, "test");

  it("starts with the base model as it is, after the prior's curve if asked so", async () => {
    const curve = await curveOf({ sizes: [0], seeds: 1, inits: ["random", "base"] }, wide);
    assert.deepEqual(
      curve.curves.map(({ init }) => init),
      ["random", "base"],
    );
    const { linker, candidates, decide } = wide;
    const bundle = bundleFor(tinyKb(), await readBaseModel(), { linker, candidates, decide });
    const base = await evaluate(linkerFrom(bundle, backend), tinyDocs().dev);
    assert.equal(pointsOf(curve)[0]?.accuracy.mean, curve.prior_accuracy);
    assert.equal(pointsOf(curve, 1)[0]?.accuracy.mean, base.accuracy);
    assert.equal(pointsOf(curve, 1)[0]?.accuracy_ambiguous.mean, base.accuracy_ambiguous);
    assert.equal(curve.prior_accuracy, base.prior_accuracy);
    assert.equal(curve.oracle_accuracy, base.oracle_accuracy);
    assert.notEqual(base.accuracy, base.prior_accuracy, "the base model knows more than the prior");
  });
});
