/**
 * The examples of spaCy's API pages for EntityLinker, KnowledgeBase, InMemoryLookupKB, Candidate and Scorer.score_links,
 * line by line, with what they are to give.
 */
import assert from "node:assert/strict";
import { mkdtemp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import {
  type Backend,
  Candidate,
  Doc,
  ENTITY_LINKER_DEFAULTS,
  EntityLinker,
  type EntityLinkerSettings,
  type Example,
  InMemoryLookupKB,
  KnowledgeBase,
  type Losses,
  loadBackend,
  MODEL_DEFAULTS,
  NIL,
  Optimizer,
  registry,
  type SpanInit,
  scoreLinks,
} from "../../src/index.js";
import { assertClose, suiteFolder } from "../fixtures.js";
import { SMALL } from "./small-component.js";

const folder = suiteFolder();
const freshPath = async (): Promise<string> => join(await mkdtemp(join(folder, "api-")), "saved");
const vector1 = [1, 2, 3];
const vector2 = Float32Array.of(4, 5, 6);
const text = "Douglas Adams wrote 'The Hitchhiker's Guide to the Galaxy'.";

const textOf = (doc: Doc, { start, end }: SpanInit): string => doc.text.slice(start, end);
const entities = (candidates: readonly Candidate[]): string[] => candidates.map(({ entity_ }) => entity_);

/** The knowledge base of the page of InMemoryLookupKB. */
function pageKb(entityVectorLength = 3): InMemoryLookupKB {
  const kb = new InMemoryLookupKB({ entityVectorLength });
  kb.addEntity("Q42", { freq: 32, vector: vector1 });
  kb.addEntity("Q463035", { freq: 111, vector: vector2 });
  kb.addAlias("Douglas", ["Q42", "Q463035"], [0.6, 0.3]);
  return kb;
}

describe("InMemoryLookupKB", () => {
  it("entity_vector_length", () => {
    assert.equal(new InMemoryLookupKB({ entityVectorLength: 300 }).entityVectorLength, 300);
  });

  it("add_entity, by name and by place", () => {
    const kb = new InMemoryLookupKB({ entityVectorLength: 3 });
    assert.equal(kb.addEntity("Q42", { freq: 32, vector: vector1 }), 0);
    assert.equal(kb.addEntity("Q463035", 111, vector2), 1);
    assert.deepEqual([...kb.freq], [32, 111]);
    assert.deepEqual(kb.getVector("Q463035"), vector2);
  });

  it("set_entities, by name and by place", () => {
    for (const set of [
      (kb: InMemoryLookupKB) => {
        kb.setEntities(["Q42", "Q463035"], { freqs: [32, 111], vectors: [vector1, vector2] });
      },
      (kb: InMemoryLookupKB) => kb.setEntities(["Q42", "Q463035"], [32, 111], [vector1, vector2]),
    ]) {
      const kb = new InMemoryLookupKB({ entityVectorLength: 3 });
      kb.addEntity("Q1");
      set(kb);
      assert.deepEqual(kb.getEntityStrings(), ["Q42", "Q463035"]);
      assert.deepEqual([...kb.freq], [32, 111]);
      assert.deepEqual([...kb.getVector("Q42")], vector1);
    }
  });

  it("add_alias, append_alias", () => {
    const warnings: string[] = [];
    const kb = new InMemoryLookupKB({
      entityVectorLength: 3,
      onWarning: ({ code }) => void warnings.push(code),
    });
    kb.setEntities(["Q42", "Q463035"], [32, 111], [vector1, vector2]);
    assert.equal(kb.addAlias("Douglas", ["Q42"], [0.6]), 0);
    kb.appendAlias("Douglas", "Q463035", 0.3);
    assert.deepEqual(entities(kb.getAliasCandidates("Douglas")), ["Q42", "Q463035"]);
    kb.appendAlias("Douglas", "Q463035", 0.1, { ignoreWarnings: true });
    assert.deepEqual(warnings, []);
    kb.appendAlias("Douglas", "Q463035", 0.1);
    assert.equal(kb.addAlias("Douglas", ["Q42"], [1]), undefined);
    assert.equal(kb.addEntity("Q42", 1, vector1), undefined);
    assert.deepEqual(warnings, ["W024", "W017", "W018"]);
    assert.throws(() => kb.addAlias("Adams", ["Q42", "Q463035"], [0.6, 0.5]), { code: "E133" });
  });

  it("len, is_empty, get_size_*, get_*_strings, contains_*", () => {
    const kb = pageKb();
    assert.deepEqual([kb.getSizeEntities(), kb.getSizeAliases()], [2, 1]);
    assert.deepEqual([kb.getEntityStrings(), kb.getAliasStrings()], [["Q42", "Q463035"], ["Douglas"]]);
    assert.deepEqual([kb.isEmpty(), new InMemoryLookupKB().isEmpty()], [false, true]);
    assert.deepEqual([kb.containsEntity("Q42"), kb.containsEntity("Douglas")], [true, false]);
    assert.deepEqual([kb.containsAlias("Douglas"), kb.containsAlias("douglas")], [true, false]);
  });

  it("get_candidates, get_candidates_batch, get_alias_candidates", () => {
    const kb = pageKb();
    const doc = new Doc(text);
    const mentions = [textOf(doc, { start: 0, end: 7 }), textOf(doc, { start: 14, end: 19 })];
    assert.deepEqual(entities(kb.getCandidates(mentions[0] as string)), ["Q42", "Q463035"]);
    assert.deepEqual(kb.getCandidatesBatch(mentions).map(entities), [["Q42", "Q463035"], []]);
    assert.deepEqual(entities(kb.getAliasCandidates("Douglas")), ["Q42", "Q463035"]);
    assert.deepEqual(kb.getAliasCandidates("Adams"), []);
  });

  it("get_vector, get_vectors, get_prior_prob", () => {
    const kb = pageKb();
    assert.deepEqual([...kb.getVector("Q42")], vector1);
    assert.deepEqual([...kb.getVector("Q3107329")], [0, 0, 0]);
    assert.deepEqual(kb.getVectors(["Q463035", "Q3107329"]), [vector2, new Float32Array(3)]);
    assert.equal(kb.getPriorProb("Q42", "Douglas"), Math.fround(0.6));
    assert.deepEqual([kb.getPriorProb("Q42", "Adams"), kb.getPriorProb("Q1", "Douglas")], [0, 0]);
  });

  it("to_disk, from_disk, to_bytes, from_bytes", async () => {
    const kb = pageKb();
    const path = await freshPath();
    await kb.toDisk(path);
    const fromDisk = new InMemoryLookupKB({ entityVectorLength: 64 });
    assert.equal(await fromDisk.fromDisk(path), fromDisk);
    const fromBytes = await new InMemoryLookupKB().fromBytes(await kb.toBytes());
    for (const read of [fromDisk, fromBytes]) {
      assert.equal(read.entityVectorLength, 3);
      assert.deepEqual(read.getVectors(["Q42", "Q463035"]), kb.getVectors(["Q42", "Q463035"]));
      assert.equal(read.getPriorProb("Q463035", "Douglas"), Math.fround(0.3));
      assert.deepEqual(read.getCandidates("Douglas")[0]?.entityFreq, 32);
    }
  });
});

describe("KnowledgeBase and Candidate", () => {
  class FullyImplementedKB extends KnowledgeBase {
    constructor(readonly entityVectorLength: number) {
      super();
    }
    override getCandidates(mention: string): Candidate[] {
      if (mention !== "Douglas") return [];
      const values = { entityFreq: 32, entityVector: this.getVector(), priorProb: 0.6 };
      return [Candidate.of({ entity: 1, entity_: "Q42", alias: 2, alias_: mention, ...values })];
    }
    override getVector(): Float32Array {
      return Float32Array.of(1, 2, 3);
    }
  }

  it("a knowledge base of one's own", async () => {
    const kb = new FullyImplementedKB(3);
    assert.equal(kb.entityVectorLength, 3);
    assert.deepEqual(entities(kb.getCandidates("Douglas")), ["Q42"]);
    const batch = await kb.getCandidatesBatch(["Adams", "Douglas"]);
    assert.deepEqual(batch.map(entities), [[], ["Q42"]]);
    assert.deepEqual(await kb.getVectors(["Q42", "Q1"]), [kb.getVector(), kb.getVector()]);
    await assert.rejects(kb.toDisk("x"), { code: "E1045" });
    await assert.rejects(kb.fromBytes(new Uint8Array()), { code: "E1045" });
  });

  it("the attributes of a candidate", () => {
    const [candidate, second] = pageKb().getCandidates("Douglas") as [Candidate, Candidate];
    assert.deepEqual([candidate.entity_, candidate.alias_], ["Q42", "Douglas"]);
    assert.deepEqual([candidate.entity, second.entity, candidate.alias], [0, 1, 0], "rows, not hashes");
    assert.deepEqual([candidate.entityFreq, second.entityFreq], [32, 111]);
    assert.deepEqual([...candidate.entityVector], vector1);
    assert.deepEqual([candidate.priorProb, second.priorProb], [0.6, 0.3].map(Math.fround));
    const [own] = new FullyImplementedKB(3).getCandidates("Douglas");
    assert.deepEqual([own?.entity, own?.entity_, own?.entityFreq], [1, "Q42", 32]);
    assert.deepEqual([own?.alias, own?.alias_, own?.priorProb], [2, "Douglas", 0.6]);
  });
});

describe("Scorer.score_links", () => {
  const example = (gold: string, predicted: string, label = "PERSON"): Example => {
    const docOf = (kbId: string): Doc => new Doc("Douglas", { ents: [{ start: 0, end: 7, label, kbId }] });
    return { reference: docOf(gold), predicted: docOf(predicted) };
  };

  it("negative_labels", () => {
    const examples = [
      example("Q42", "Q42"),
      example("", "Q42"),
      example("NIL", ""),
      example("Q1", "Q2", "ORG"),
    ];
    const scores = scoreLinks(examples, { negativeLabels: ["NIL", ""] });
    const person = { p: 1 / 2, r: 1, f: 2 / 3 };
    const org = { p: 0, r: 0, f: 0 };
    assert.deepEqual(Object.keys(scores.nel_f_per_type), ["PERSON", "ORG"]);
    assertClose(Object.values(scores.nel_f_per_type.PERSON ?? {}), Object.values(person), 1e-9);
    assertClose(Object.values(scores.nel_f_per_type.ORG ?? {}), Object.values(org), 1e-9);
    assertClose([scores.nel_micro_p, scores.nel_micro_r, scores.nel_micro_f], [1 / 3, 1 / 2, 2 / 5], 1e-9);
    assertClose([scores.nel_macro_p, scores.nel_macro_r, scores.nel_macro_f], [1 / 4, 1 / 2, 1 / 3], 1e-9);
    assert.deepEqual([scores.nel_score, scores.nel_score_desc], [scores.nel_micro_f, "micro F"]);
    const withoutEmpty = scoreLinks(examples, { negativeLabels: ["NIL"] });
    assertClose([withoutEmpty.nel_micro_p, withoutEmpty.nel_micro_r], [1 / 4, 1 / 3], 1e-9);
  });
});

const ids = (doc: Doc): string[] => doc.ents.map(({ kbId }) => kbId);

/** `"... [Adams|Q42] ..."` as annotated, and without ids as predicted. */
function exampleOf(marked: string): Example {
  const ents: SpanInit[] = [];
  const plain = marked.replaceAll(/\[(\w+)\|(\w+)\]/g, (_, surface: string, kbId: string, at: number) => {
    const start = at - ents.reduce((sum, ent) => sum + (ent.kbId?.length ?? 0) + 3, 0);
    ents.push({ start, end: start + surface.length, label: "PERSON", kbId });
    return surface;
  });
  const reference = new Doc(plain, { ents });
  return { reference, predicted: new Doc(plain) };
}

const novel = exampleOf("A comic novel by [Adams|Q42] about a guide.");
const office = exampleOf("President [Adams|Q11806] took office.");
const unknown = exampleOf("[Bob|NIL] met [Adams|Q11806] in his office.");
const examples = [novel, office, unknown];

function createKb(): InMemoryLookupKB {
  const kb = new InMemoryLookupKB({ entityVectorLength: 6 });
  kb.addEntity("Q42", { freq: 32, description: "English author of comic novels and a guide" });
  kb.addEntity("Q11806", { freq: 111, description: "second president, in office for years" });
  kb.addAlias("Adams", ["Q42", "Q11806"], [0.6, 0.3]);
  return kb;
}

describe("EntityLinker", () => {
  let backend: Backend;
  let trained: EntityLinker;
  const made = (settings: EntityLinkerSettings = {}): EntityLinker => {
    return new EntityLinker({ ...SMALL, backend, ...settings });
  };
  const begun = async (settings: EntityLinkerSettings = {}): Promise<EntityLinker> => {
    const entityLinker = made(settings);
    await entityLinker.initialize(() => examples, { kbLoader: createKb });
    return entityLinker;
  };
  /** Documents with mentions and no links. */
  const asked = (): Doc[] =>
    examples.map(({ reference: { text, ents } }) => {
      return new Doc(text, { ents: ents.map(({ start, end, label }) => ({ start, end, label })) });
    });
  const answers = examples.map(({ reference }) => ids(reference));
  const losses: Losses = {};

  before(async () => {
    backend = await loadBackend("wasm");
    trained = await begun({ candidatesBatchSize: 2 });
    const sgd = trained.createOptimizer();
    for (let step = 0; step < 30; step++) trained.update(examples, { drop: 0.1, sgd, losses });
  });

  it("the config with every setting", () => {
    const defaults = new EntityLinker({
      labelsDiscard: [],
      nSents: 0,
      inclPrior: true,
      inclContext: true,
      model: MODEL_DEFAULTS,
      entityVectorLength: 64,
      getCandidates: "spacy.CandidateGenerator.v1",
      getCandidatesBatch: "spacy.CandidateBatchGenerator.v1",
      generateEmptyKb: "spacy.EmptyKB.v2",
      overwrite: true,
      scorer: "spacy.entity_linker_scorer.v1",
      useGoldEnts: true,
      candidatesBatchSize: 1,
      threshold: null,
    });
    assert.deepEqual(defaults.settings, ENTITY_LINKER_DEFAULTS);
    const changed = {
      labelsDiscard: ["DATE"],
      nSents: 2,
      inclPrior: false,
      inclContext: false,
      entityVectorLength: 8,
      useGoldEnts: false,
      overwrite: false,
      candidatesBatchSize: 3,
      threshold: 0.5,
    };
    assert.deepEqual(new EntityLinker(changed).settings, changed);
  });

  it("construction: an empty knowledge base of entity_vector_length, a name, a custom model", () => {
    registry.architectures.register("my_el.v1", () => ({ contextWidth: 8 }));
    const entityLinker = new EntityLinker({ name: "my_linker", entityVectorLength: 32, model: "my_el.v1" });
    assert.deepEqual([entityLinker.kb.isEmpty(), entityLinker.kb.entityVectorLength], [true, 32]);
    assert.deepEqual([entityLinker.name, new EntityLinker().name], ["my_linker", "entity_linker"]);
    assert.equal(entityLinker.config.model.context_width, 8);
    assert.equal(EntityLinker.NIL, NIL);
  });

  it("__call__", () => {
    const [doc] = asked() as [Doc];
    const processed = trained.call(doc);
    assert.equal(processed, doc);
    assert.deepEqual(ids(processed), ["Q42"]);
  });

  it("pipe", async () => {
    const found: string[][] = [];
    for await (const doc of trained.pipe(asked(), { batchSize: 50 })) found.push(ids(doc));
    assert.deepEqual(found, answers);
  });

  it("set_kb", async () => {
    const entityLinker = made();
    await entityLinker.setKb(createKb);
    assert.equal(entityLinker.kb.getSizeEntities(), 2);
  });

  it("initialize", async () => {
    const entityLinker = made();
    await entityLinker.initialize(() => examples, { kbLoader: createKb });
    assert.equal(entityLinker.predict(asked()).length, 3);
    const path = await freshPath();
    await createKb().toDisk(path);
    const kbLoader = registry.misc.get("spacy.KBFromFile.v1")({ kbPath: path });
    await entityLinker.initialize(() => examples, { kbLoader });
    assert.deepEqual(entityLinker.kb.getAliasStrings(), ["Adams"]);
  });

  it("predict, set_annotations", () => {
    const [doc1, doc2] = asked().slice(1) as [Doc, Doc];
    const links = trained.predict([doc1, doc2]);
    assert.deepEqual(
      links.flat().map(({ kbId }) => kbId),
      ["Q11806", NIL, "Q11806"],
    );
    assert.deepEqual([ids(doc1), ids(doc2)], [[""], ["", ""]], "documents are not modified");
    trained.setAnnotations([doc1, doc2], links);
    assert.deepEqual([ids(doc1), ids(doc2)], answers.slice(1));
    trained.setAnnotations([doc1, doc2], ["Q42", "Q42", "NIL"]);
    assert.deepEqual([ids(doc1), ids(doc2)], [["Q42"], ["Q42", "NIL"]]);
    assert.deepEqual(trained.predict(doc1), links.slice(0, 1), "one document as it is");
    assert.throws(() => trained.setAnnotations([doc1, doc2], ["Q42"]), { code: "E148" });
  });

  it("update: drop, sgd, losses", async () => {
    const entityLinker = await begun({ name: "nel" });
    const own: Losses = { ner: 1 };
    const first = entityLinker.update(examples, {
      drop: 0.2,
      sgd: entityLinker.createOptimizer(),
      losses: own,
    });
    assert.equal(first, own);
    assert.deepEqual(Object.keys(own), ["ner", "nel"]);
    const once = own.nel as number;
    assert.ok(once > 0);
    entityLinker.update(new Set(examples), { losses: own });
    assert.ok((own.nel as number) > once);
    assert.deepEqual(entityLinker.update([]), { nel: 0 });
    assert.ok((losses.entity_linker as number) / 30 < once, "those of 30 steps were less on average");
  });

  it("update: what is no example", async () => {
    const entityLinker = await begun();
    for (const wrong of [asked(), examples[0], [["Adams", {}]], [undefined]]) {
      assert.throws(() => entityLinker.update(wrong as Iterable<Example>), {
        code: "E978",
        message: /update/,
      });
    }
    assert.throws(() => entityLinker.update(examples, 0.2 as never), { code: "L001" });
  });

  it("create_optimizer", async () => {
    const optimizer = trained.createOptimizer();
    assert.ok(optimizer instanceof Optimizer);
    assert.equal(optimizer.options.learningRate, SMALL.training.learningRate);
  });

  it("use_params", async () => {
    const entityLinker = await begun();
    const optimizer = entityLinker.createOptimizer({ useAverages: true });
    for (let step = 0; step < 5; step++) entityLinker.update(examples, { sgd: optimizer });
    const path = await freshPath();
    await entityLinker.useParams(optimizer.averages, () => entityLinker.toDisk(path));
    const best = await made().fromDisk(path);
    const links = entityLinker.predict(asked());
    assert.notDeepEqual(best.predict(asked()), links);
    assert.deepEqual(
      best.predict(asked()),
      entityLinker.useParams(optimizer.averages, () => entityLinker.predict(asked())),
    );
    assert.deepEqual(entityLinker.predict(asked()), links);
  });

  it("score: of the annotated mentions, or of the predicted ones", async () => {
    assert.equal(trained.score(examples).nel_micro_f, 1);
    assert.deepEqual(novel.predicted.ents, [], "examples stay as they are");
    const predicted = asked()[0] as Doc;
    const wrong = predicted.withEnts(predicted.ents.map((ent) => ({ ...ent, kbId: "Q11806" })));
    const example = { reference: novel.reference, predicted: wrong };
    assert.equal(trained.score([example]).nel_micro_f, 1);
    assert.equal(made({ useGoldEnts: false }).score([example]).nel_micro_f, 0);
  });

  it("to_disk, from_disk", async () => {
    const path = await freshPath();
    await trained.toDisk(path);
    const entityLinker = made();
    assert.equal(await entityLinker.fromDisk(path), entityLinker);
    assert.deepEqual(entityLinker.predict(asked()), trained.predict(asked()));
    assert.equal(entityLinker.settings.candidatesBatchSize, 2);
  });

  it("to_bytes, from_bytes", async () => {
    const bytes = await trained.toBytes();
    const entityLinker = made();
    assert.equal(await entityLinker.fromBytes(bytes), entityLinker);
    assert.deepEqual(entityLinker.predict(asked()), trained.predict(asked()));
  });

  it("exclude: each of the serialization fields", async () => {
    const whole = await trained.toBytes();
    for (const field of ["vocab", "cfg", "model", "kb"] as const) {
      const path = await freshPath();
      await trained.toDisk(path, { exclude: [field] });
      const names = await readdir(path);
      const bytes = await trained.toBytes({ exclude: [field] });
      assert.ok(bytes.length < whole.length, field);
      assert.equal(names.includes("kb"), field !== "kb");
      assert.equal(names.includes("weights.bin"), field !== "model");
      assert.equal(names.includes("config.toml"), field !== "cfg");
      const entityLinker = await made().fromBytes(whole);
      await entityLinker.fromDisk(path, { exclude: [field] });
      await entityLinker.fromBytes(bytes, { exclude: [field] });
      assert.deepEqual(entityLinker.predict(asked()), trained.predict(asked()));
    }
    await assert.rejects(trained.toBytes(["kb"] as never), { code: "L001", message: /exclude/ });
  });
});
