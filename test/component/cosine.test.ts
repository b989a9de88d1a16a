import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { EntityLinker } from "../../src/component/entity-linker.js";
import type { EntityLinkerSettings } from "../../src/component/settings.js";
import { type QuantizedRows, restoreRows } from "../../src/kb/quantized-rows.js";
import { loadLinker } from "../../src/plugins/load-linker.js";
import { registry } from "../../src/plugins/registry.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import { assertClose, marked, suiteFolder, tinyDocs, tinyKb } from "../fixtures.js";
import { VECTOR_LENGTH, vectorKb } from "../vector-kb.js";
import { blank, idsOf, SMALL, tinyExamples } from "./small-component.js";

const folder = suiteFolder();
let backend: Backend;
before(async () => {
  backend = await loadBackend("wasm");
});

const COSINE = {
  ...SMALL,
  model: { ...SMALL.model, architecture: "cosine" },
  candidates: { paths: [] },
} as const satisfies EntityLinkerSettings;

async function begun(changes: EntityLinkerSettings = {}): Promise<EntityLinker> {
  const nel = new EntityLinker({ ...COSINE, backend, ...changes });
  await nel.initialize(tinyExamples, { kbLoader: () => vectorKb() });
  return nel;
}

async function trained(changes: EntityLinkerSettings = {}, steps = 60): Promise<EntityLinker> {
  const nel = await begun(changes);
  const sgd = nel.createOptimizer();
  for (let step = 0; step < steps; step++) nel.update(tinyExamples(), { sgd });
  return nel;
}

const scoresOf = (nel: EntityLinker, text: string): number[] =>
  nel.predict([marked(text)]).flatMap((links) => links.map(({ score }) => score));

describe("a component with spaCy's score", () => {
  it("is what spacy.EntityLinker.v2 names", async () => {
    const nel = new EntityLinker({
      backend,
      model: "spacy.EntityLinker.v2",
      entityVectorLength: VECTOR_LENGTH,
    });
    assert.equal(nel.config.model.architecture, "cosine");
    await nel.initialize(tinyExamples, { kbLoader: () => vectorKb() });
    assert.deepEqual(idsOf(nel.call(marked("[Zürich] and [Oslo]"))), ["Q8", "NIL"]);
    const own = new EntityLinker({ model: "linkwright.EntityLinker.v1" });
    assert.deepEqual(own.config, new EntityLinker().config);
  });

  it("overfits: its loss falls to nothing, and it knows its examples by heart, all that are candidates", async () => {
    const nel = await begun({ inclPrior: false });
    const sgd = nel.createOptimizer();
    const losses: number[] = [];
    for (let step = 0; step < 100; step++) {
      losses.push(nel.update(tinyExamples(), { sgd }).entity_linker as number);
    }
    assert.ok((losses[0] as number) > 0.5 && (losses.at(-1) as number) < 0.05, losses.join(" "));
    for (const doc of tinyDocs().train) {
      const found = idsOf(nel.call(blank(doc)));
      doc.ents.forEach(({ kbId, start, end }, i) => {
        const isKnown = kbId !== "NIL" && nel.kb.containsAlias(doc.text.slice(start, end));
        if (isKnown) assert.equal(found[i], kbId, doc.text);
      });
    }
  });

  it("has spaCy's decisions: no threshold, a threshold, a single candidate", async () => {
    const nel = await trained();
    const withThreshold = await new EntityLinker({ ...COSINE, backend, threshold: 1 }).fromBytes(
      await nel.toBytes(),
      { exclude: ["cfg"] },
    );
    const text = "[Zürich] and [Paris] and [Nowhere]";
    assert.equal(nel.call(marked(text)).ents.filter(({ kbId }) => kbId !== "NIL").length, 2);
    // Zürich has a prior of 1 and so a score of 1.
    assert.deepEqual(idsOf(withThreshold.call(marked(text))), ["Q8", "NIL", "NIL"]);
    assert.deepEqual(scoresOf(nel, text), scoresOf(withThreshold, text));
    assert.equal(nel.settings.threshold, null);
  });

  it("leaves the knowledge base's vectors alone, and saves and reads them", async () => {
    const nel = await trained({}, 5);
    const dev = tinyDocs().dev.map(blank);
    const expected = nel.predict(dev);
    assert.deepEqual(nel.kb.vectors, vectorKb().vectors);
    const bytes = await nel.toBytes();
    const read = await new EntityLinker({ backend }).fromBytes(bytes);
    assert.deepEqual(read.predict(dev), expected);
    assert.deepEqual(read.config, nel.config);
    assert.deepEqual(await read.toBytes(), bytes);
    const path = join(folder, "component");
    await nel.toDisk(path);
    assert.deepEqual((await new EntityLinker({ backend }).fromDisk(path)).predict(dev), expected);
    assert.deepEqual((await loadLinker(path, backend)).predict(dev), expected);
    read.update(tinyExamples(), { sgd: read.createOptimizer() });
    assert.notDeepEqual(read.predict(dev), expected);
    assert.deepEqual(read.kb.vectors, vectorKb().vectors);
  });

  it("learns from a single candidate, and skips a batch of NIL", async () => {
    const nel = await begun();
    const learn = (text: string): number => {
      const reference = marked(text);
      return nel.update([{ reference, predicted: blank(reference) }]).entity_linker as number;
    };
    assert.ok(learn("The lake of [Zürich|Q8].") > 0);
    assert.equal(learn("Prince [Paris|NIL] and [Oslo|NIL]."), 0);
  });

  it("uses the averages of its weights", async () => {
    const nel = await begun();
    const sgd = nel.createOptimizer({ useAverages: true });
    for (let step = 0; step < 10; step++) nel.update(tinyExamples(), { sgd });
    const text = "On the Seine lies [Paris].";
    const usual = scoresOf(nel, text);
    const averaged = nel.useParams(sgd.averages, () => scoresOf(nel, text));
    assert.notDeepEqual(averaged, usual);
    assert.deepEqual(scoresOf(nel, text), usual);
  });

  it("sees the vectors that the knowledge base is given later", async () => {
    const nel = await trained({ inclPrior: false }, 5);
    const text = "On the Seine lies [Paris Hilton].";
    const [score = 0] = scoresOf(nel, text);
    nel.kb.setVectors((nel.kb.vectors as Float32Array).map((x) => -x));
    const [opposite = 0] = scoresOf(nel, text);
    assert.ok(Math.abs(score + opposite) < 1e-6 && Math.abs(score) > 0.01, `${score}, ${opposite}`);
  });

  it("refuses a knowledge base without vectors when it begins, when it links and when it is saved", async () => {
    const none = new EntityLinker({ ...COSINE, backend });
    await assert.rejects(none.initialize(tinyExamples, { kbLoader: () => tinyKb() }), { code: "L409" });
    const nel = await begun();
    await nel.setKb(() => tinyKb());
    assert.throws(() => nel.predict([marked("[Paris]")]), { code: "L409" });
    assert.throws(() => nel.update(tinyExamples()), { code: "L409" });
    await assert.rejects(nel.toBytes(), { code: "L409" });
  });

  it("refuses to start from another model", () => {
    assert.throws(() => new EntityLinker({ ...COSINE, training: { init: "base" } }), {
      code: "L503",
      message: /training\.init.*cosine/,
    });
  });
});

describe("linkwright.DescribedKB.v1", () => {
  it("gives each entity the vector that the base model makes of its description", async () => {
    const kbPath = join(folder, "kb");
    await vectorKb().toDisk(kbPath);
    const kb = await registry.misc.get("linkwright.DescribedKB.v1")({ kbPath })();
    assert.equal(kb.entityVectorLength, 64);
    const linker = await loadLinker(kbPath, backend); // the base model on the same knowledge base
    linker.predict([marked("[Paris]")]);
    assertClose(kb.vectors as Float32Array, restoreRows(linker.kb.quantizedVectors as QuantizedRows), 0.01);
    assert.deepEqual(kb.getAliasStrings(), vectorKb().getAliasStrings());
    const nel = new EntityLinker({ ...COSINE, backend, entityVectorLength: 64 });
    await nel.initialize(tinyExamples, { kbLoader: () => kb });
    assert.equal(nel.predict([marked("[Paris]")]).flat()[0]?.candidates.length, 3);
  });
});
