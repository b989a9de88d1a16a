import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { EntityLinker } from "../../src/component/entity-linker.js";
import { ENTITY_LINKER_DEFAULTS } from "../../src/component/settings.js";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import type { Link } from "../../src/linker/predict.js";
import { FEATURE_GROUP_NAMES } from "../../src/model/features/groups.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import { memoryOf } from "../../src/tensor/vectors/vector-memory.js";
import type { Weights } from "../../src/tensor/weights.js";
import { Doc, type Example, NIL } from "../../src/text/doc.js";
import { collectGarbage, marked, suiteFolder, tinyDocs, tinyKb, withFactor } from "../fixtures.js";
import { begun, blank, idsOf, SMALL, tinyExamples, toExamples, trained } from "./small-component.js";

const folder = suiteFolder();
let backend: Backend;
let nel: EntityLinker;
before(async () => {
  backend = await loadBackend("wasm");
  nel = await trained(backend);
});

async function piped(own: EntityLinker, docs: Iterable<Doc>, batchSize = 128): Promise<Doc[]> {
  const out: Doc[] = [];
  for await (const doc of own.pipe(docs, { batchSize })) out.push(doc);
  return out;
}
const idsAfter = (own: EntityLinker): string[][] =>
  tinyDocs().train.map((doc) => idsOf(own.call(blank(doc))));
const NO_CHANGE = 1e-6;
const expected = tinyDocs().train.map(idsOf);

describe("EntityLinker in a program that never waits", () => {
  it("takes no more memory for its weights with each change of the knowledge base", async () => {
    const own = await begun(backend);
    const sgd = own.createOptimizer();
    const step = (i: number): number => {
      own.kb.addEntity(`Q_new_${i}`, { name: `New ${i}` });
      own.update(tinyExamples(), { sgd });
      const [weights] = sgd.averages.keys();
      return memoryOf(weights as Weights).floats(0).byteOffset;
    };
    const ends = [0, 1, 2, 3, 4].map(step);
    assert.equal(ends[4], ends[0]);
  });
});

describe("EntityLinker, as spaCy tests its own", () => {
  it("knows by heart what it was taught in 50 steps", () => {
    assert.deepEqual(idsAfter(nel), expected);
  });

  it("links the same after it was written and read, from disk and from bytes", async () => {
    await nel.toDisk(`${folder}/nel`);
    const docs = [...tinyDocs().train, ...tinyDocs().dev];
    const links = nel.predict(docs);
    const fromDisk = await new EntityLinker({ backend }).fromDisk(`${folder}/nel`);
    assert.deepEqual(fromDisk.predict(docs), links);
    const fromBytes = await new EntityLinker({ backend }).fromBytes(await nel.toBytes());
    assert.deepEqual(fromBytes.predict(docs), links);
    assert.deepEqual(idsAfter(fromBytes), expected);
    assert.deepEqual(fromBytes.config, nel.config);
  });

  it("pipe gives the same twice, and what call gives, in order", async () => {
    const docs = (): Doc[] => [...tinyDocs().train, ...tinyDocs().dev].map(blank);
    const called = docs().map((doc) => idsOf(nel.call(doc)));
    for (const batchSize of [128, 3, 128]) {
      const found = await piped(nel, docs(), batchSize);
      assert.deepEqual(
        found.map(({ id }) => id),
        docs().map(({ id }) => id),
      );
      assert.deepEqual(found.map(idsOf), called);
    }
  });

  it("links documents without mentions, without text, and none", () => {
    assert.deepEqual(nel.call(new Doc("No name here.")).ents, []);
    assert.deepEqual(nel.call(new Doc("")).ents, []);
    assert.deepEqual(nel.predict([]), []);
  });
});

describe("EntityLinker.update", () => {
  it("returns losses that fall, added to those that are given", async () => {
    const own = await begun(backend);
    const sgd = own.createOptimizer();
    const losses: Record<string, number> = { ner: 2 };
    const each: number[] = [];
    for (let step = 0; step < 20; step++) {
      const earlier = losses.entity_linker ?? 0;
      assert.equal(own.update(tinyExamples(), { sgd, losses }), losses);
      each.push((losses.entity_linker as number) - earlier);
    }
    assert.equal(losses.ner, 2);
    assert.ok((each.at(-1) as number) < 0.3 * (each[0] as number), `${each}`);
  });

  it("makes predictions follow, without being told that entity vectors are stale", async () => {
    const own = await begun(backend);
    const docs = tinyDocs().dev;
    const first = own.predict(docs);
    const vectors = own.kb.getVector("Q1");
    own.update(tinyExamples(), { sgd: own.createOptimizer() });
    assert.notDeepEqual(own.predict(docs), first);
    assert.notDeepEqual(own.kb.getVector("Q1"), vectors);
    const read = await new EntityLinker({ backend }).fromBytes(await own.toBytes());
    assert.deepEqual(read.predict(docs), own.predict(docs));
  });

  it("skips batches without any mention that has candidates", async () => {
    const own = await begun(backend);
    const before = await own.toBytes();
    const sgd = own.createOptimizer();
    const nothing = [
      marked("[Oslo|NIL] and [Bergen|Q1]"),
      marked("none"),
      marked("[Paris] is not annotated"),
    ];
    assert.deepEqual(own.update(toExamples(nothing), { sgd }), { entity_linker: 0 });
    assert.deepEqual(own.update([], { sgd }), { entity_linker: 0 });
    assert.deepEqual(await own.toBytes(), before);
  });

  it("without sgd adds gradients up, for the next step or finishUpdate", async () => {
    const runs = await Promise.all([1, 2].map(() => begun(backend)));
    const [once, twice] = runs as [EntityLinker, EntityLinker];
    const before = await twice.toBytes();
    const halves = [tinyExamples().slice(0, 8), tinyExamples().slice(8)] as const;
    once.update(halves[0]);
    once.update(halves[1], { sgd: once.createOptimizer() });
    twice.update(halves[0]);
    twice.update(halves[1]);
    assert.deepEqual(await twice.toBytes(), before, "nothing has moved yet");
    twice.finishUpdate(twice.createOptimizer());
    assert.deepEqual(await twice.toBytes(), await once.toBytes());
    assert.notDeepEqual(await twice.toBytes(), before);
  });

  it("is the same for the same seed, and another for another, with dropout too", async () => {
    const bytesOf = async (seed: number): Promise<Uint8Array> => {
      const own = await begun(backend, { training: { ...SMALL.training, seed } });
      const sgd = own.createOptimizer();
      for (let step = 0; step < 3; step++) own.update(tinyExamples(), { sgd, drop: 0.3 });
      return own.toBytes();
    };
    assert.deepEqual(await bytesOf(1), await bytesOf(1));
    assert.notDeepEqual(await bytesOf(1), await bytesOf(2));
  });

  /** How much more a document of the initialisation costs than one that the component never met. */
  async function ownShare(own: EntityLinker): Promise<number> {
    const stranger = await new EntityLinker({ backend }).fromBytes(await own.toBytes());
    const lossOf = (each: EntityLinker): number => each.update(tinyExamples()).entity_linker as number;
    return Math.abs(lossOf(own) - lossOf(stranger));
  }

  it("keeps a document of the initialisation from its own answers in memory", async () => {
    assert.ok((await ownShare(await begun(backend))) < NO_CHANGE);
    const own = await begun(backend, { model: { ...SMALL.model, features: FEATURE_GROUP_NAMES } });
    assert.ok((await ownShare(own)) > 1e-3);
  });

  it("keeps it from its own answers in priors that were counted on these documents", async () => {
    const counted = new InMemoryLookupKB({ entityVectorLength: 6 });
    for (const id of ["Q1", "Q2", "Q3"]) counted.addEntity(id, { name: id, freq: 4 });
    counted.addAlias("Paris", ["Q1", "Q2", "Q3"], [0.4, 0.2, 0.2]); // of ten mentions, two of which are NIL
    for (const [leaveOneOut, isKept] of [
      [true, true],
      [false, false],
    ] as const) {
      const own = new EntityLinker({ ...SMALL, backend, training: { ...SMALL.training, leaveOneOut } });
      await own.initialize(tinyExamples, { kbLoader: () => counted });
      assert.equal((await ownShare(own)) > 1e-3, isKept);
    }
  });

  it("with useGoldEnts off learns from predicted mentions that are annotated, label and all", async () => {
    const own = await begun(backend, { useGoldEnts: false });
    const reference = marked("The king of [Jordan|Q4] met [Jordan|Q5|PERSON].");
    const lossWith = (spans: Doc["ents"]): number | undefined =>
      own.update([{ reference, predicted: reference.withEnts(spans) }]).entity_linker;
    const [first, second] = reference.ents as [Doc["ents"][0], Doc["ents"][0]];
    assert.equal(lossWith([]), 0);
    assert.equal(lossWith([{ ...first, label: "ORG" }]), 0);
    assert.ok((lossWith([{ ...first, kbId: "" }]) as number) > 0);
    assert.notEqual(lossWith([first]), lossWith([first, second]));
  });

  it("goes on after it was read, and on a knowledge base that has grown", async () => {
    const own = await new EntityLinker({ backend }).fromBytes(await nel.toBytes());
    own.kb.addEntity("Q9", { name: "Lutetia", description: "capital of France on the Seine", freq: 9 });
    own.kb.addAlias("Lutetia", ["Q9"], [1]);
    const sgd = own.createOptimizer();
    const examples = [
      ...tinyExamples(),
      ...toExamples([marked("Boats go down the Seine to [Lutetia|Q9] in France.")]),
    ];
    for (let step = 0; step < 10; step++) own.update(examples, { sgd });
    assert.deepEqual(idsOf(own.call(marked("Boats go to [Lutetia] on the Seine in France"))), ["Q9"]);
    assert.deepEqual(idsAfter(own), expected);
  });

  it("trains several seeds side by side", async () => {
    const own = await trained(backend, { training: { ...SMALL.training, seeds: 2 } }, 25);
    assert.deepEqual(idsAfter(own), expected);
    const read = await new EntityLinker({ backend }).fromBytes(await own.toBytes());
    assert.deepEqual(read.predict(tinyDocs().dev), own.predict(tinyDocs().dev));
  });

  it("leaves no tensor behind that is not garbage", async () => {
    const own = await begun(backend);
    const sgd = own.createOptimizer({ useAverages: true });
    const run = (): void => {
      own.update(tinyExamples(), { sgd, drop: 0.1 });
      own.predict(tinyDocs().dev);
      own.useParams(sgd.averages, () => own.predict(tinyDocs().dev));
    };
    const held = async (): Promise<number[]> => {
      run();
      await collectGarbage();
      const { numTensors, numBytes } = backend.tf.memory();
      return [numTensors, numBytes];
    };
    const first = await held();
    for (let i = 0; i < 5; i++) run();
    assert.deepEqual(await held(), first);
  });

  it("stops at a loss that is no number, and stays as it was", async () => {
    let factor = 1;
    const own = await begun(withFactor(backend, () => factor));
    const before = await own.toBytes();
    factor = Number.NaN;
    assert.throws(() => own.update(tinyExamples(), { sgd: own.createOptimizer() }), {
      code: "L515",
      message: /update 1\b.*learningRate/,
    });
    factor = 1;
    assert.deepEqual(await own.toBytes(), before);
  });
});

describe("EntityLinker.useParams", () => {
  const weightsOf = (own: EntityLinker): Promise<Uint8Array> => own.toBytes({ exclude: ["kb"] });
  it("links with averages within, and as before after it, after a throw and after a promise", async () => {
    const own = await begun(backend);
    const sgd = own.createOptimizer({ useAverages: true });
    for (let step = 0; step < 5; step++) own.update(tinyExamples(), { sgd });
    const [links, weights] = [own.predict(tinyDocs().dev), await weightsOf(own)];
    const averaged = own.useParams(sgd.averages, () => own.predict(tinyDocs().dev));
    assert.notDeepEqual(averaged, links);
    const isRestored = async (): Promise<void> => {
      assert.deepEqual(await weightsOf(own), weights);
      assert.deepEqual(own.predict(tinyDocs().dev), links);
    };
    await isRestored();
    assert.throws(() => own.useParams(sgd.averages, () => assert.fail("no")), /no/);
    await isRestored();
    const later = own.useParams(sgd.averages, async () => {
      await new Promise((resume) => setTimeout(resume));
      return own.predict(tinyDocs().dev);
    });
    assert.deepEqual(await later, averaged);
    await isRestored();
    await assert.rejects(
      own.useParams(sgd.averages, () => Promise.reject(new Error("late"))),
      /late/,
    );
    await isRestored();
  });

  it("saves averages within", async () => {
    const own = await begun(backend);
    const sgd = own.createOptimizer({ useAverages: true });
    for (let step = 0; step < 5; step++) own.update(tinyExamples(), { sgd });
    const averaged = own.useParams(sgd.averages, () => own.predict(tinyDocs().dev));
    const bytes = await own.useParams(sgd.averages, () => own.toBytes());
    const read = await new EntityLinker({ backend }).fromBytes(bytes);
    assert.deepEqual(read.predict(tinyDocs().dev), averaged);
  });

  it("without averages changes nothing", async () => {
    const own = await begun(backend);
    const sgd = own.createOptimizer({ useAverages: false });
    own.update(tinyExamples(), { sgd });
    const scores = (links: Link[][]): number[] => links.flat().map(({ score }) => score);
    const links = scores(own.predict(tinyDocs().dev));
    const within = scores(own.useParams(sgd.averages, () => own.predict(tinyDocs().dev)));
    assert.ok(within.every((score, i) => Math.abs(score - (links[i] as number)) < NO_CHANGE));
  });
});

describe("EntityLinker settings", () => {
  it("are spaCy's by default", () => {
    assert.deepEqual(new EntityLinker().settings, ENTITY_LINKER_DEFAULTS);
    assert.deepEqual(ENTITY_LINKER_DEFAULTS, {
      labelsDiscard: [],
      nSents: 0,
      inclPrior: true,
      inclContext: true,
      useGoldEnts: true,
      overwrite: true,
      candidatesBatchSize: 1,
      threshold: null,
      entityVectorLength: 64,
    });
  });

  it("labelsDiscard: such mentions are NIL and not trained on", async () => {
    const own = await trained(backend, { labelsDiscard: ["PERSON"] }, 10);
    const [first, second] = own.call(marked("The king of [Jordan] met [Jordan||PERSON].")).ents;
    assert.deepEqual([first?.reason, second?.kbId, second?.reason], ["linked", NIL, "discarded"]);
    const person = toExamples([marked("[Paris|Q3|PERSON] sang", "x")]);
    assert.deepEqual(own.update(person), { entity_linker: 0 });
  });

  it("threshold: what is less probable becomes NIL, a single candidate too", async () => {
    const bytes = await nel.toBytes();
    const withThreshold = async (threshold: number | null): Promise<EntityLinker> =>
      new EntityLinker({ ...SMALL, backend, threshold }).fromBytes(bytes, { exclude: ["cfg"] });
    const text = "The banks of [Zürich] look over the lake. [Oslo] does not.";
    const found = async (threshold: number | null): Promise<(string | undefined)[]> =>
      (await withThreshold(threshold)).call(marked(text)).ents.map(({ reason }) => reason);
    assert.deepEqual(await found(null), ["linked", "no_candidates"]);
    assert.deepEqual(await found(0), ["linked", "no_candidates"]);
    assert.deepEqual(await found(1), ["below_threshold", "no_candidates"]);
  });

  it("overwrite off keeps the links that a document has, be it links or ids that are written", async () => {
    const own = await new EntityLinker({ ...SMALL, backend, overwrite: false }).fromBytes(
      await nel.toBytes(),
      { exclude: ["cfg"] },
    );
    const doc = marked("[Paris|Q2] and [Zürich] of banks by the lake");
    own.call(doc);
    assert.deepEqual(idsOf(doc), ["Q2", "Q8"]);
    own.setAnnotations([doc], ["Q1", "Q1"]);
    assert.deepEqual(idsOf(doc), ["Q2", "Q8"]);
  });

  it("refuses what they can't be", () => {
    const refused = (settings: object, code: string, message: RegExp): void =>
      assert.throws(() => new EntityLinker(settings), { code, message });
    for (const threshold of [-0.1, 1.1, Number.NaN]) refused({ threshold }, "E1043", /Found .*0 to 1/);
    for (const candidatesBatchSize of [0, -1, 1.5]) {
      refused({ candidatesBatchSize }, "E1044", new RegExp(`Found ${candidatesBatchSize} `));
    }
    refused({ nSents: -1 }, "L503", /settings of the entity linker: linker\.n_sents/);
    refused({ nSent: 1 }, "L503", /linker\.nSent|linker\.n_sent/);
    refused({ model: { hiddenWidth: 0 } }, "L503", /model\.hidden_width/);
    refused({ training: { dropout: 2 } }, "L503", /training\.dropout/);
  });
});

describe("EntityLinker refuses", () => {
  it("a knowledge base that is none, or empty", async () => {
    const own = new EntityLinker({ ...SMALL, backend });
    await assert.rejects(own.setKb(tinyKb() as never), { code: "E885", message: /InMemoryLookupKB/ });
    await assert.rejects(own.setKb((() => undefined) as never), { code: "E1018", message: /undefined/ });
    await assert.rejects(own.setKb((() => Promise.resolve(new Map())) as never), {
      code: "E1018",
      message: /found a Map/,
    });
    assert.ok(own.kb.isEmpty());
    await assert.rejects(own.initialize(tinyExamples), { code: "E139", message: /setKb/ });
    assert.throws(() => own.predict([]), { code: "E139" });
    assert.throws(() => own.update(tinyExamples()), { code: "E139" });
    await assert.rejects(own.initialize(tinyExamples, { kbLoader: 3 as never }), { code: "E885" });
    await assert.rejects(own.initialize(tinyExamples, { kbLoader: () => new InMemoryLookupKB() }), {
      code: "E139",
    });
  });

  it("to begin without an example, and to do anything before it has begun", async () => {
    const own = new EntityLinker({ ...SMALL, backend });
    await own.setKb(async () => tinyKb());
    for (const [examples, code] of [
      [[], "E930"],
      [new Set<Example>(), "E923"],
      [tinyDocs().train as unknown as Example[], "E978"],
    ] as const) {
      await assert.rejects(
        own.initialize(() => examples),
        { code },
      );
    }
    await assert.rejects(own.initialize(tinyExamples() as never), { code: "E930", message: /found a Array/ });
    assert.deepEqual(own.update([]), { entity_linker: 0 }, "as in spaCy");
    for (const call of [
      () => own.predict([]),
      () => own.update(tinyExamples()),
      () => own.finishUpdate(own.createOptimizer()),
      () => own.useParams(new Map(), () => 0),
    ]) {
      assert.throws(call, { code: "E109", message: /initialize\(\)/ });
    }
    await assert.rejects(own.toBytes(), { code: "E109" });
  });

  it("another number of links than of mentions", () => {
    const doc = marked("[Paris] and [Jordan]");
    const refused = (links: string[] | Link[][], message: RegExp): void =>
      assert.throws(() => nel.setAnnotations([doc], links), { code: "E148", message });
    refused(["Q1"], /Found 1 ids, expected 2/);
    refused([], /Found 0 ids/);
    const [links] = nel.predict([doc]) as [Link[]];
    refused([links, links], /2 lists/);
    refused([links.slice(1)], /Found 1 links of document 0, expected 2/);
    nel.setAnnotations([doc], ["Q1", "Q5"]);
    assert.deepEqual(idsOf(doc), ["Q1", "Q5"]);
  });
});

describe("EntityLinker.pipe and score", () => {
  it("reads no more than a batch ahead, and stops at an abort signal", async () => {
    let asked = 0;
    async function* stream(): AsyncGenerator<Doc> {
      for (const doc of tinyDocs().train) {
        asked++;
        yield blank(doc);
      }
    }
    const controller = new AbortController();
    const docs = nel.pipe(stream(), { batchSize: 2, signal: controller.signal });
    await docs.next();
    assert.equal(asked, 2);
    await docs.next();
    controller.abort();
    await assert.rejects(docs.next(), { name: "AbortError" });
  });

  it("links with the weights of the moment", async () => {
    const own = await begun(backend);
    const docs = own.pipe(tinyDocs().train.map(blank), { batchSize: 1 });
    await docs.next();
    const sgd = own.createOptimizer();
    for (let step = 0; step < 50; step++) own.update(tinyExamples(), { sgd });
    const found: string[][] = [];
    for await (const doc of docs) found.push(idsOf(doc));
    assert.deepEqual(found, expected.slice(1));
  });

  it("scores as spaCy does", () => {
    const examples = tinyDocs().train.map((doc) => ({ reference: doc, predicted: nel.call(blank(doc)) }));
    const { nel_micro_p, nel_micro_r, nel_micro_f } = nel.score(examples);
    assert.deepEqual([nel_micro_p, nel_micro_r, nel_micro_f], [1, 1, 1]);
  });
});
