import assert from "node:assert/strict";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { isKbFolder, openKb } from "../../src/kb/open-kb.js";
import { bundleFor, readBaseModel } from "../../src/linker/base-model.js";
import { linkerFrom, type Model, writeBundle } from "../../src/linker/bundle.js";
import { checkConfig } from "../../src/linker/config.js";
import type { Linker } from "../../src/linker/linker.js";
import { loadLinker } from "../../src/plugins/load-linker.js";
import { evaluate } from "../../src/scoring/evaluation.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import { type Doc, NIL } from "../../src/text/doc.js";
import { trainOn } from "../../src/training/train.js";
import { marked, suiteFolder, tinyConfig, tinyDocs, tinyKb, writeCorpus } from "../fixtures.js";

const folder = suiteFolder();
const { source } = writeCorpus(folder);
const index = join(folder, "index");
/** A model that was trained on the fixtures, of other widths than the base model. */
const model = join(folder, "model");

let backend: Backend;
let base: Model;
before(async () => {
  backend = await loadBackend("wasm");
  base = await readBaseModel();
  await (await openKb(source)).toDisk(index);
  const tiny = tinyConfig({ training: { max_epochs: 1 } });
  const trained = await trainOn(tiny, { kb: tinyKb(), ...tinyDocs() }, backend);
  await writeBundle(trained, model, { linkwrightVersion: "0.0.0" });
});

const blank = (doc: Doc): Doc => doc.withEnts(doc.ents.map((span) => ({ ...span, kbId: "" })));
const idsOf = (linker: Linker, text: string): string[] =>
  linker.call(marked(text)).ents.map(({ kbId }) => kbId);

describe("a knowledge base alone", () => {
  it("links with the base model, from its source and from its index alike", async () => {
    const [fromSource, fromIndex] = [await loadLinker(source, backend), await loadLinker(index, backend)];
    for (const linker of [fromSource, fromIndex]) {
      assert.deepEqual(idsOf(linker, "Cattle are sold in [Paris], a town in Lamar County, Texas."), ["Q2"]);
      assert.deepEqual(idsOf(linker, "From the Seine one sees all of [Paris], the capital of France."), [
        "Q1",
      ]);
      assert.deepEqual(idsOf(linker, "[Jordan||PERSON] was the best basketball player."), ["Q5"]);
      assert.deepEqual(idsOf(linker, "[Jordan] is a kingdom; its capital is Amman."), ["Q4"]);
      assert.deepEqual(idsOf(linker, "[Wagga Wagga] is far."), [NIL]);
    }
    const docs = tinyDocs().train.map(blank);
    assert.deepEqual(fromIndex.predict(docs), fromSource.predict(docs));
  });

  it("links better than the best prior does", async () => {
    const docs = [...tinyDocs().train, ...tinyDocs().dev];
    const { accuracy, prior_accuracy } = await evaluate(await loadLinker(source, backend), docs);
    assert.ok(accuracy > prior_accuracy, `${accuracy}, prior ${prior_accuracy}`);
  });

  it("can't keep a precision that is asked for: no dev of it was seen", async () => {
    for (const path of [source, index]) {
      await assert.rejects(loadLinker(path, backend, { precision: 0.9 }), {
        code: "L511",
        message: /no dev of this knowledge base/,
      });
    }
  });

  it("takes other changes of options: a threshold of 1 links nothing", async () => {
    assert.deepEqual(idsOf(await loadLinker(source, backend, { threshold: 1 }), "[Paris] and [Jordan]"), [
      NIL,
      NIL,
    ]);
  });

  it("that belongs to a model loses that model's vectors, not its entities", async () => {
    const text = "Cattle are sold in [Paris], a town in Lamar County, Texas.";
    const linker = await loadLinker(join(model, "kb"), backend);
    assert.deepEqual(idsOf(linker, text), ["Q2"]);
    assert.equal(linker.kb.entityVectorLength, base.learned.options.entityVectorLength);
    assert.equal((await loadLinker(model, backend)).learned.options.entityVectorLength, 6);
  });

  it("is told from a model and from any other folder", async () => {
    const other = join(folder, "other");
    mkdirSync(other);
    cpSync(join(source, "aliases.jsonl"), join(other, "aliases.jsonl"));
    assert.deepEqual([source, index, model, other].map(isKbFolder), [true, true, false, false]);
    await assert.rejects(loadLinker(other, backend), { code: "L402" });
    await assert.rejects(loadLinker(join(folder, "nowhere"), backend), { code: "L402" });
  });
});

describe("bundleFor", () => {
  it("drops vectors, so that the model's own are made, whatever stood there", () => {
    const width = base.learned.options.entityVectorLength;
    const linksWith = (fill: number | undefined) => {
      const kb = tinyKb(width);
      if (fill !== undefined) kb.setVectors(new Float32Array(kb.getSizeEntities() * width).fill(fill));
      return linkerFrom(bundleFor(kb, base), backend).predict(tinyDocs().dev.map(blank));
    };
    assert.deepEqual(linksWith(0.9), linksWith(undefined));
  });

  it("lets settings win over the model's, and leaves the rest to the model", () => {
    const { linker } = tinyConfig({ linker: { threshold: 0.5, n_sents: 0 } });
    const { config, learned, calibration, evidence } = bundleFor(tinyKb(), base, { linker });
    assert.deepEqual(config, { ...base.config, linker });
    assert.deepEqual([learned, calibration, evidence], [base.learned, base.calibration, undefined]);
    assert.notEqual(base.config.linker.threshold, 0.5);
  });
});

describe("training.init = base", () => {
  const paths = { kb: "kb", train: "train.jsonl", dev: "dev.jsonl" };
  const config = checkConfig({ paths, training: { backend: "wasm", max_epochs: 2, init: "base" } }, "test");

  it("is at least as good on dev as the base model alone, after few documents", async () => {
    const { dev, train } = tinyDocs();
    const alone = await evaluate(linkerFrom(bundleFor(tinyKb(), base), backend), dev);
    for (const few of [train.slice(0, 3), train]) {
      const bundle = await trainOn(config, { kb: tinyKb(), train: few, dev, init: base.learned }, backend);
      const { accuracy } = await evaluate(linkerFrom(bundle, backend), dev);
      assert.ok(
        accuracy >= alone.accuracy,
        `${accuracy} after ${few.length} documents, alone ${alone.accuracy}`,
      );
    }
  });
});
