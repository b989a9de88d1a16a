import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import { packFiles } from "../../src/component/container.js";
import { EntityLinker } from "../../src/component/entity-linker.js";
import type { Excludable } from "../../src/component/stored-component.js";
import { writeBundle } from "../../src/linker/bundle.js";
import { loadLinker } from "../../src/plugins/load-linker.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import { Doc, type Span } from "../../src/text/doc.js";
import { trainOn } from "../../src/training/train.js";
import { damaged, oddText, wellFormed } from "../arbitraries.js";
import { marked, suiteFolder, tinyConfig, tinyDocs, tinyKb } from "../fixtures.js";
import { kbOf, kbRows } from "../kb/arbitrary-kb.js";
import { contentOf } from "../kb/small-kb.js";
import { assertRefused } from "../refusals.js";
import { begun, SMALL, tinyExamples, trained } from "./small-component.js";

const folder = suiteFolder();
const { dev } = tinyDocs();
let backend: Backend;
let nel: EntityLinker;
let bytes: Uint8Array;
before(async () => {
  backend = await loadBackend("wasm");
  nel = await trained(backend, {}, 5);
  bytes = await nel.toBytes();
});

const wholeText = (text: string): Span => ({ start: 0, end: text.length, label: "GPE", kbId: "" });
const fresh = (): EntityLinker => new EntityLinker({ ...SMALL, backend });

describe("a saved component", () => {
  it("carries all its settings", async () => {
    const own = await begun(backend, {
      nSents: 3,
      inclPrior: false,
      overwrite: false,
      threshold: 0.25,
      labelsDiscard: ["DATE"],
      candidates: { maxCandidates: 7 },
    });
    const read = await new EntityLinker({ backend }).fromBytes(await own.toBytes());
    assert.deepEqual(read.settings, own.settings);
    assert.deepEqual(read.config, own.config);
  });

  it("that a GPU trained is read and links, and can't begin anew on it", async () => {
    const training = { ...SMALL.training, backend: "webgpu" } as const;
    const stored = await (await begun(backend, { training })).toBytes();
    const read = await new EntityLinker().fromBytes(stored);
    assert.equal(read.config.training.backend, "webgpu");
    assert.equal(read.predict(dev).length > 0, true);
    const anew = new EntityLinker({ ...SMALL, training });
    await assert.rejects(anew.initialize(tinyExamples, { kbLoader: () => tinyKb() }), { code: "L305" });
  });

  it("is the same bytes again", async () => {
    assert.deepEqual(await nel.toBytes(), bytes);
    assert.deepEqual(await (await fresh().fromBytes(bytes)).toBytes(), bytes);
  });

  it("comes back with any knowledge base and any labels, of which lone surrogates are U+FFFD", async () => {
    const path = join(folder, "any");
    await fc.assert(
      fc.asyncProperty(kbRows, fc.array(oddText(), { maxLength: 3 }), async (rows, labelsDiscard) => {
        const own = new EntityLinker({ ...SMALL, backend, labelsDiscard });
        await own.initialize(tinyExamples, { kbLoader: () => tinyKb() });
        await own.setKb(() => kbOf(rows));
        const docs = rows.aliases.map(({ alias }) => new Doc(alias, { ents: [wholeText(alias)] }));
        const links = own.predict(docs);
        const given = await own.toBytes();
        const read = await fresh().fromBytes(given);
        assert.deepEqual(read.predict(docs), links);
        assert.deepEqual(read.settings.labelsDiscard, labelsDiscard.map(wellFormed));
        assert.deepEqual(contentOf(read.kb), contentOf(own.kb));
        await own.toDisk(path);
        assert.deepEqual((await fresh().fromDisk(path)).predict(docs), links);
        if (labelsDiscard.every((label) => label === wellFormed(label))) {
          assert.deepEqual(await read.toBytes(), given);
        }
      }),
      { numRuns: 15 },
    );
  });

  it("is a model folder, which loadLinker reads, and model folders are components", async () => {
    const path = join(folder, "model");
    await nel.toDisk(path);
    assert.deepEqual((await loadLinker(path, backend)).predict(dev), nel.predict(dev));
    const bundle = await trainOn(
      tinyConfig({ training: { max_epochs: 3 } }),
      { kb: tinyKb(), ...tinyDocs() },
      backend,
    );
    await writeBundle(bundle, path, { linkwrightVersion: "1" });
    const own = await fresh().fromDisk(path);
    const linker = await loadLinker(path, backend);
    assert.deepEqual(own.predict(dev), linker.predict(dev));
    own.update(tinyExamples(), { sgd: own.createOptimizer() });
    assert.notDeepEqual(own.predict(dev), linker.predict(dev));
  });

  it("is read from a Buffer that shares its memory with others", async () => {
    const shared = Buffer.concat([Buffer.from("abc"), bytes, Buffer.from("x")]).subarray(3, 3 + bytes.length);
    assert.deepEqual((await fresh().fromBytes(shared)).predict(dev), nel.predict(dev));
  });
});

describe("exclude", () => {
  it("leaves parts out of a folder, and asks for them when it is read", async () => {
    const files: Record<Excludable, string> = {
      vocab: "vocabulary.tsv",
      cfg: "config.toml",
      model: "weights.bin",
      kb: "kb",
    };
    for (const [part, file] of Object.entries(files) as [Excludable, string][]) {
      const path = join(folder, `without-${part}`);
      await nel.toDisk(path, { exclude: [part] });
      assert.ok(!existsSync(join(path, file)), file);
      assert.equal(readdirSync(path).length, 4);
      const code = part === "kb" ? "E929" : "L402";
      await assert.rejects(fresh().fromDisk(path), { code });
      const own = await fresh().fromBytes(bytes);
      await own.fromDisk(path, { exclude: [part] });
      assert.deepEqual(own.predict(dev), nel.predict(dev), part);
    }
  });

  it("keeps the component's own part, whatever the bytes hold", async () => {
    const other = await begun(backend, { nSents: 2, training: { ...SMALL.training, seed: 7 } });
    other.kb.addEntity("Q9", { name: "Lutetia" });
    const own = async (exclude: Excludable[]): Promise<EntityLinker> =>
      (await fresh().fromBytes(bytes)).fromBytes(await other.toBytes(), { exclude });
    assert.equal((await own(["cfg"])).settings.nSents, 1);
    assert.equal((await own(["kb"])).kb.containsEntity("Q9"), false);
    const kept = await own(["cfg", "kb", "model"]);
    assert.deepEqual(kept.predict(dev), nel.predict(dev));
    const weights = await own(["cfg", "kb"]);
    assert.notDeepEqual(weights.predict(dev), nel.predict(dev));
    const onOther = await own(["model", "cfg"]);
    assert.equal(onOther.kb.containsEntity("Q9"), true);
    assert.equal(onOther.predict([marked("[Jordan]")])[0]?.[0]?.candidates.length, 2);
  });

  it("bytes lack what was excluded", async () => {
    for (const part of ["vocab", "cfg", "model", "kb"] as const) {
      const less = await nel.toBytes({ exclude: [part] });
      assert.ok(less.length < bytes.length);
      await assert.rejects(fresh().fromBytes(less), { code: "L402", message: /missing/ });
      const own = await fresh().fromBytes(bytes);
      assert.deepEqual((await own.fromBytes(less, { exclude: [part] })).predict(dev), nel.predict(dev));
    }
  });
});

describe("fromBytes refuses", () => {
  it("weights that don't fit settings or vocabulary, and stays as it was", async () => {
    const wide = new EntityLinker({ ...SMALL, backend, model: { ...SMALL.model, hiddenWidth: 9 } });
    await assert.rejects(wide.fromBytes(bytes, { exclude: ["cfg"] }), {
      code: "E149",
      message: /'\w+' is \[.*7.*\], settings and vocabulary make it \[.*9.*\]/,
    });
    assert.throws(() => wide.predict(dev), { code: "E139" });
    await assert.rejects(fresh().fromBytes(bytes, { exclude: ["vocab"] }), {
      code: "E149",
      message: /vocabulary/,
    });
  });

  it("bytes that are altered anywhere, or cut anywhere, and stays as it was", async () => {
    const own = fresh();
    await fc.assert(
      fc.asyncProperty(damaged(bytes), (other) =>
        assertRefused(() => own.fromBytes(other), /bytes of the component/),
      ),
      { numRuns: 150 },
    );
    await assert.rejects(own.fromBytes("text" as never), { code: "L407", message: /string/ });
    assert.ok(own.kb.isEmpty());
  });

  it("a container of another version, or of other files", async () => {
    const newer = bytes.slice();
    newer[4] = 9;
    await assert.rejects(fresh().fromBytes(newer), { code: "L404", message: /format 9, .* reads 1/ });
    await assert.rejects(fresh().fromBytes(packFiles(new Map())), { code: "L402", message: /meta\.json/ });
  });
});
