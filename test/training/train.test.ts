import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import type { LearnedModel } from "../../src/linker/bound-model.js";
import { type Bundle, linkerFrom, readBundle, writeBundle } from "../../src/linker/bundle.js";
import { readConfig } from "../../src/linker/config.js";
import { loadLinker } from "../../src/plugins/load-linker.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import { type Weights, weightsToBytes } from "../../src/tensor/weights.js";
import { Doc } from "../../src/text/doc.js";
import { metricsPath } from "../../src/training/checkpoint.js";
import type { EpochReport } from "../../src/training/loop.js";
import { type SeedReport, train, trainOn } from "../../src/training/train.js";
import {
  jsonLines,
  marked,
  suiteFolder,
  tinyConfig,
  tinyDocs,
  tinyKb,
  withFactor,
  writeCorpus,
} from "../fixtures.js";

let backend: Backend;

const seedReports = ({ about }: Bundle): readonly SeedReport[] => about.seeds as readonly SeedReport[];

function onlyMember({ members }: LearnedModel): Weights {
  assert.equal(members.length, 1);
  return members[0] as Weights;
}
before(async () => {
  backend = await loadBackend("wasm");
});

describe("trainOn", () => {
  const bytesOf = async (seed: number): Promise<Uint8Array> => {
    const config = tinyConfig({ training: { seed, max_epochs: 2 } });
    const { learned, calibration } = await trainOn(config, { kb: tinyKb(), ...tinyDocs() }, backend);
    return Buffer.concat([weightsToBytes(onlyMember(learned)), Buffer.from(JSON.stringify(calibration))]);
  };

  it("gives the same weights to the byte for the same seed, others for another", async () => {
    const first = await bytesOf(1);
    assert.deepEqual(await bytesOf(1), first);
    assert.notDeepEqual(await bytesOf(2), first);
  });

  it("leaves no tensor behind", async () => {
    await bytesOf(1);
    const { numTensors } = backend.tf.memory();
    await bytesOf(1);
    assert.equal(backend.tf.memory().numTensors, numTensors);
  });

  it("learns: the loss falls and dev gets better than chance", async () => {
    const reports: EpochReport[] = [];
    const config = tinyConfig({ training: { max_epochs: 8, patience: 8 } });
    await trainOn(config, { kb: tinyKb(), ...tinyDocs() }, backend, {
      onEpoch: (report) => reports.push(report),
    });
    assert.deepEqual(
      reports.map(({ epoch }) => epoch),
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
    assert.ok((reports.at(-1)?.loss as number) < 0.2 * (reports[0]?.loss as number));
    assert.ok((reports.at(-1)?.accuracy as number) >= 0.8);
  });

  it("stops when dev has not improved for `patience` epochs, and keeps the best", async () => {
    const reports: EpochReport[] = [];
    const config = tinyConfig({ training: { max_epochs: 60, patience: 2, learning_rate: 0.03 } });
    const bundle = await trainOn(config, { kb: tinyKb(), ...tinyDocs() }, backend, {
      onEpoch: (report) => reports.push(report),
    });
    const score = ({ accuracy, ambiguous }: EpochReport): number => accuracy + 0.1 * ambiguous;
    const best = reports.reduce((a, b) => (score(b) > score(a) ? b : a));
    assert.equal(reports.length, best.epoch + 2);
    const [{ seed, best_epoch, epochs }] = seedReports(bundle) as [SeedReport];
    assert.deepEqual([seed, best_epoch, epochs], [1, best.epoch, best.epoch + 2]);
  });

  it("trains several seeds as it would each alone, and keeps them together only where that is better on dev", async () => {
    const together = tinyConfig({ training: { max_epochs: 2, seeds: 3 } });
    const reported: number[] = [];
    const bundle = await trainOn(together, { kb: tinyKb(), ...tinyDocs() }, backend, {
      onEpoch: ({ seed }) => reported.push(seed),
    });
    assert.deepEqual(reported, [1, 1, 2, 2, 3, 3]);
    const alone = await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const config = tinyConfig({ training: { max_epochs: 2, seed } });
        return trainOn(config, { kb: tinyKb(), ...tinyDocs() }, backend);
      }),
    );
    assert.deepEqual(seedReports(bundle), alone.flatMap(seedReports));
    const kept = bundle.about.kept as number[];
    assert.ok(kept.length === 3 || kept.length === 1);
    assert.deepEqual(
      bundle.learned.members,
      kept.map((seed) => onlyMember((alone[seed - 1] as Bundle).learned)),
    );
  });

  it("does the same on a knowledge base that has vectors already, of whatever length", async () => {
    const config = tinyConfig({ training: { max_epochs: 2 } });
    const fresh = await trainOn(config, { kb: tinyKb(), ...tinyDocs() }, backend);
    for (const length of [6, 3]) {
      const kb = tinyKb(length);
      kb.setVectors(new Float32Array(kb.getSizeEntities() * length).fill(0.9));
      const again = await trainOn(config, { kb, ...tinyDocs() }, backend);
      assert.deepEqual([...again.learned.members], [...fresh.learned.members]);
      assert.deepEqual([again.calibration, again.about], [fresh.calibration, fresh.about]);
      assert.deepEqual(again.kb.quantizedVectors, fresh.kb.quantizedVectors);
      assert.equal(again.kb.entityVectorLength, 6);
    }
  });

  it("leaves the NIL logit out where there is no NIL to learn from", async () => {
    const { train: docs, dev } = tinyDocs();
    const linked = docs.filter(({ ents }) => ents.every(({ kbId }) => kbId !== "NIL"));
    const { learned } = await trainOn(
      tinyConfig({ training: { max_epochs: 1 } }),
      { kb: tinyKb(), train: linked, dev },
      backend,
    );
    assert.equal(learned.options.nilLogit, false);
    assert.ok(!onlyMember(learned).has("nil_bias"));
  });

  it("does not look at mentions that are not annotated, or discarded", async () => {
    const config = tinyConfig({ training: { max_epochs: 1 }, linker: { labels_discard: ["DATE"] } });
    const { train: docs, dev } = tinyDocs();
    const mentions = async (extra: Doc[]): Promise<number | undefined> => {
      const bundle = await trainOn(config, { kb: tinyKb(), train: [...docs, ...extra], dev }, backend);
      return seedReports(bundle)[0]?.mentions;
    };
    assert.equal(await mentions([marked("[Paris] [Jordan|Q4|DATE]")]), await mentions([]));
    assert.notEqual(await mentions([marked("[Paris|Q1]")]), await mentions([]));
  });

  it("refuses a corpus with nothing to choose from", async () => {
    const docs = [marked("[Oslo|NIL]")];
    await assert.rejects(trainOn(tinyConfig(), { kb: tinyKb(), train: docs, dev: docs }, backend), {
      code: "L508",
    });
  });

  it("stops at a loss that is no number", async () => {
    // Clipping and the bounded rate keep sane data from it, so that TF.js has to make one up.
    await assert.rejects(
      trainOn(
        tinyConfig(),
        { kb: tinyKb(), ...tinyDocs() },
        withFactor(backend, () => Number.NaN),
      ),
      {
        code: "L509",
        message: /epoch 1, step 1\b.*learning_rate/,
      },
    );
  });

  it("stops at an abort signal", async () => {
    const controller = new AbortController();
    const started = trainOn(tinyConfig(), { kb: tinyKb(), ...tinyDocs() }, backend, {
      signal: controller.signal,
      onStep: () => controller.abort(),
    });
    await assert.rejects(started, { name: "AbortError" });
  });
});

describe("train", () => {
  const folder = suiteFolder();
  const { config: file } = writeCorpus(folder);
  const output = join(folder, "models", "tiny");

  it("writes a folder that links as the model in memory does", async () => {
    const config = readConfig(file, { "training.max_epochs": 8 });
    const trained = await train(config, { output });
    const blank = (): Doc[] =>
      tinyDocs().dev.map((doc) => doc.withEnts(doc.ents.map((e) => ({ ...e, kbId: "" }))));
    const expected = linkerFrom(trained, backend).predict(blank());
    assert.deepEqual((await loadLinker(output, backend)).predict(blank()), expected);
    const { config: stored, about, kb, calibration } = await readBundle(output);
    assert.deepEqual(stored, config);
    assert.deepEqual(
      JSON.stringify([about, calibration]),
      JSON.stringify([trained.about, trained.calibration]),
    );
    assert.equal(kb.hash, trained.kb.hash);
  });

  it("learns which names are worth linking where there is enough to learn from, and stores it", async () => {
    const rows = tinyDocs().train.flatMap((doc) =>
      Array.from({ length: 4 }, (_, i) => {
        const ents = doc.ents.map(({ start, end, label, kbId }) => ({ start, end, label, kb_id: kbId }));
        return { text: `${doc.text} So says Apple Inc. of week ${i}.`, ents };
      }),
    );
    const many = join(folder, "many.jsonl");
    writeFileSync(many, jsonLines(rows));
    const found = async (overrides: object): Promise<string[]> => {
      const out = join(folder, "models", "filtered");
      const given = { "training.max_epochs": 1, "paths.train": many, "paths.dev": many, ...overrides };
      await train(readConfig(file, given), { output: out });
      const copy = join(folder, "models", "copy");
      await writeBundle(await readBundle(out), copy, { linkwrightVersion: "1.2.3" });
      const doc = new Doc("Boats go to Paris. So says Apple Inc. of week 3.");
      const spans = (await loadLinker(copy, backend)).detect(doc);
      return spans.map(({ start, end }) => doc.text.slice(start, end));
    };
    assert.deepEqual(await found({}), ["Paris"]);
    assert.deepEqual(await found({ "mentions.filter": false }), ["Paris", "Apple Inc."]);
    assert.equal((await readBundle(output)).mentionFilter, undefined, "too little to learn from");
  });

  it("leaves a line an epoch in metrics.jsonl", () => {
    const lines = readFileSync(metricsPath(output), "utf8").trim().split("\n");
    const reports = lines.map((line) => JSON.parse(line) as EpochReport);
    assert.deepEqual(
      reports.map(({ epoch }) => epoch),
      reports.map((_, i) => i + 1),
    );
    for (const report of reports) {
      assert.deepEqual(Object.keys(report).sort(), [
        "accuracy",
        "ambiguous",
        "epoch",
        "loss",
        "mentions",
        "seed",
      ]);
    }
  });

  it("refuses paths that don't exist and corpora that don't fit, before it trains", async () => {
    const missing = (overrides: Record<string, string>) =>
      train(readConfig(file, overrides), { output: join(folder, "x") });
    await assert.rejects(missing({ "paths.train": join(folder, "no.jsonl") }), {
      code: "L504",
      message: /^\[L504\] paths\.train: .*no\.jsonl.*--paths\.train/,
    });
    await assert.rejects(missing({ "paths.kb": join(folder, "no") }), { code: "L504", message: /paths\.kb/ });
  });
});
