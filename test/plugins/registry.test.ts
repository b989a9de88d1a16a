import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { EntityLinker } from "../../src/component/entity-linker.js";
import type { LinkCandidate } from "../../src/linker/predict.js";
import type { GetCandidates, GetCandidatesBatch } from "../../src/plugins/functions.js";
import { registry } from "../../src/plugins/registry.js";
import { scoreLinks } from "../../src/scoring/scorer.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import type { Doc } from "../../src/text/doc.js";
import { begun, idsOf, SMALL, tinyExamples, trained } from "../component/small-component.js";
import { marked, suiteFolder, tinyKb } from "../fixtures.js";

const folder = suiteFolder();
let backend: Backend;
before(async () => {
  backend = await loadBackend("wasm");
});

const candidateIds = (doc: Doc): string[][] =>
  doc.ents.map(({ candidates = [] }) => (candidates as LinkCandidate[]).map(({ kbId }) => kbId).sort());

describe("registry", () => {
  it("knows spaCy's names", async () => {
    const kb = tinyKb();
    const [mention] = marked("[Paris]").ents;
    const query = { text: "Paris", span: mention as Doc["ents"][0], doc: marked("[Paris]") };
    const ids = (found: readonly { entity_: string }[] = []): string[] => found.map(({ entity_ }) => entity_);
    assert.deepEqual(ids(registry.misc.get("spacy.CandidateGenerator.v1")()(kb, query)), ["Q1", "Q2", "Q3"]);
    const batch = registry.misc.get("spacy.CandidateBatchGenerator.v1")();
    assert.deepEqual(batch(kb, [query, { ...query, text: "paris" }]).map(ids), [["Q1", "Q2", "Q3"], []]);
    assert.equal(registry.misc.get("spacy.EmptyKB.v2")()(12).entityVectorLength, 12);
    assert.equal(registry.scorers.get("spacy.entity_linker_scorer.v1")(), scoreLinks);
    assert.deepEqual(registry.architectures.get("spacy.EntityLinker.v2")(), { architecture: "cosine" });
    const kbPath = join(folder, "kb");
    await kb.toDisk(kbPath);
    const own = new EntityLinker({ ...SMALL, backend });
    await own.initialize(tinyExamples, { kbLoader: registry.misc.get("spacy.KBFromFile.v1")({ kbPath }) });
    assert.equal(own.kb.getSizeEntities(), kb.getSizeEntities());
  });

  it("refuses an unknown name with those that it knows", () => {
    assert.throws(() => registry.misc.get("spacy.CandidateGenerator.v9"), {
      code: "E893",
      message: /"spacy\.CandidateGenerator\.v9" in registry\.misc.*spacy\.CandidateBatchGenerator\.v1, spacy/,
    });
    assert.throws(() => new EntityLinker({ getCandidates: "no" }), { code: "E893" });
    assert.throws(() => new EntityLinker({ scorer: "no" }), { code: "E893", message: /registry\.scorers/ });
    assert.throws(() => new EntityLinker({ model: "no" }), { code: "E893", message: /architectures/ });
  });

  it("gives what was registered", () => {
    const factory = registry.misc.register("test.factory.v1", () => 1);
    assert.equal(registry.misc.get("test.factory.v1"), factory);
    assert.ok(registry.misc.names().includes("test.factory.v1"));
  });
});

describe("candidates by a function", () => {
  it("spaCy's are the alias as written and nothing else, by name and by value", async () => {
    const usual = await begun(backend);
    const text = "[paris] and [Paris] and [ZURICH]";
    assert.deepEqual(candidateIds(usual.call(marked(text))), [
      ["Q1", "Q2", "Q3"],
      ["Q1", "Q2", "Q3"],
      ["Q8"],
    ]);
    const byValue: GetCandidates = (kb, mention) => kb.getAliasCandidates(mention.text);
    for (const getCandidates of ["spacy.CandidateGenerator.v1", byValue]) {
      const own = await begun(backend, { getCandidates });
      assert.deepEqual(candidateIds(own.call(marked(text))), [[], ["Q1", "Q2", "Q3"], []]);
    }
  });

  it("train too, with a document's own counts taken out, and overfit", async () => {
    const own = await trained(backend, { getCandidates: "spacy.CandidateGenerator.v1" });
    for (const { reference, predicted } of tinyExamples()) {
      const ids = idsOf(reference).map((id, i) =>
        reference.text.slice(reference.ents[i]?.start).startsWith("ZURICH") ? "NIL" : id,
      );
      assert.deepEqual(idsOf(own.call(predicted)), ids, reference.text);
    }
  });

  it("are asked for in batches of candidatesBatchSize, discarded labels or not", async () => {
    const sizes: number[] = [];
    const getCandidatesBatch: GetCandidatesBatch = (kb, mentions) => {
      sizes.push(mentions.length);
      return mentions.map(({ text }) => kb.getAliasCandidates(text));
    };
    const own = await begun(backend, { getCandidatesBatch, candidatesBatchSize: 2, labelsDiscard: ["ORG"] });
    sizes.length = 0;
    const doc = own.call(
      marked("[Paris] by [Jordan] and [Apple||ORG] near [Zürich], [Paris Hilton||PERSON]"),
    );
    assert.deepEqual(sizes, [2, 2, 1]);
    const reasons = doc.ents.map(({ reason }) => reason);
    assert.deepEqual([reasons[2], reasons.includes("no_candidates")], ["discarded", false]);
    assert.deepEqual(candidateIds(doc)[3], ["Q8"]);
  });

  it("are refused where they are of another number, or of another knowledge base", async () => {
    const own = await begun(backend);
    const bytes = await own.toBytes();
    const withBatch = async (getCandidatesBatch: GetCandidatesBatch): Promise<EntityLinker> => {
      const made = new EntityLinker({ ...SMALL, backend, getCandidatesBatch, candidatesBatchSize: 9 });
      return made.fromBytes(bytes, { exclude: ["cfg"] });
    };
    const none = await withBatch(() => []);
    assert.throws(() => none.predict([marked("[Paris]")]), { code: "E147", message: /0 lists/ });
    const other = tinyKb();
    other.addEntity("Q99");
    other.addAlias("Lutetia", ["Q99"], [1]);
    const foreign = await withBatch((_, mentions) => mentions.map(() => other.getAliasCandidates("Lutetia")));
    assert.throws(() => foreign.predict([marked("[Paris]")]), { code: "E147", message: /"Q99"/ });
  });

  it("are remembered by name in a saved component, and asked for again if they had none", async () => {
    const named = await begun(backend, { getCandidates: "spacy.CandidateGenerator.v1" });
    const read = await new EntityLinker({ backend }).fromBytes(await named.toBytes());
    assert.deepEqual(candidateIds(read.call(marked("[paris]"))), [[]]);
    const getCandidates: GetCandidates = (kb, { text }) => kb.getAliasCandidates(text);
    const bytes = await (await begun(backend, { getCandidates })).toBytes();
    await assert.rejects(new EntityLinker({ backend }).fromBytes(bytes), {
      code: "L408",
      message: /getCandidates/,
    });
    const again = await new EntityLinker({ backend, getCandidates }).fromBytes(bytes);
    assert.deepEqual(candidateIds(again.call(marked("[paris]"))), [[]]);
  });

  it("an empty knowledge base and a scorer can be functions too", () => {
    let length = 0;
    const own = new EntityLinker({
      entityVectorLength: 12,
      generateEmptyKb: (entityVectorLength) => {
        length = entityVectorLength;
        return tinyKb(entityVectorLength);
      },
      scorer: () => scoreLinks([], { negativeLabels: [] }),
      useGoldEnts: false,
    });
    assert.equal(length, 12);
    assert.ok(own.kb.containsEntity("Q1"));
    assert.equal(own.score(tinyExamples()).nel_micro_f, 0);
  });
});
