import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { EntityLinker } from "../../src/component/entity-linker.js";
import { Candidate } from "../../src/kb/candidate.js";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { KnowledgeBase } from "../../src/kb/knowledge-base.js";
import { linkerFrom, readBundle } from "../../src/linker/bundle.js";
import { CandidateService } from "../../src/plugins/candidate-service.js";
import { type MentionQuery, resolveFunctions, type TrainingFunctions } from "../../src/plugins/functions.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import { Doc } from "../../src/text/doc.js";
import { LeaveOneOut } from "../../src/training/leave-one-out.js";
import { train } from "../../src/training/train.js";
import { marked, suiteFolder, tinyConfig, tinyDocs, tinyKb, writeCorpus } from "../fixtures.js";
import { TinyRemoteKB } from "./tiny-remote.js";

const folder = suiteFolder();
const corpus = writeCorpus(folder);
let backend: Backend;
before(async () => {
  backend = await loadBackend("wasm");
});

const paths = { kb: corpus.source, train: corpus.train, dev: corpus.dev };
const config = tinyConfig({ paths, training: { max_epochs: 2, backend: "wasm" } });

const serviceOf = (
  kb: KnowledgeBase,
  functions: TrainingFunctions = {},
  linker: Partial<(typeof config)["linker"]> = {},
): CandidateService => {
  const own = { ...config, linker: { ...config.linker, ...linker } };
  return CandidateService.of(kb, resolveFunctions(functions), own) as CandidateService;
};

const candidate = (entity_: string, alias_: string, priorProb: number): Candidate =>
  Candidate.of({ entity_, alias_, priorProb });

describe("candidates that are asked for", () => {
  it("are asked for without showing what a mention is annotated with", async () => {
    const seen: string[] = [];
    const getCandidates = (kb: InMemoryLookupKB, { text, span, doc }: MentionQuery): Candidate[] => {
      seen.push(span.kbId, ...doc.ents.map(({ kbId }) => kbId));
      return kb.getAliasCandidates(text);
    };
    await train(config, { output: join(folder, "shown"), functions: { getCandidates } });
    assert.ok(seen.length > 20);
    assert.deepEqual([...new Set(seen)], [""]);
  });

  it("of an alias are those of all answers that name it, so that leaving one out finds its counts", async () => {
    const docs = [..."AABBB"].map((id, i) => marked(`x [Jordan|${id}] y`, String(i)));
    docs.unshift(marked("x [Jordan River|A] y", "first"));
    const kb = new TinyRemoteKB();
    kb.getCandidates = async (mention) => {
      const all = [candidate("A", "Jordan", 0.4), candidate("B", "Jordan", 0.6)];
      return mention === "Jordan" ? all : all.slice(0, 1);
    };
    const { kb: mirror } = await serviceOf(kb).find(docs, { annotated: true });
    assert.equal(mirror.getAliasCandidates("Jordan").length, 2);
    const own = new LeaveOneOut(mirror, docs).discountFor(docs.at(-1) as Doc);
    assert.ok(own);
    const left = own.prior("Jordan", mirror.entityIds.get("B"), 0.6, 2);
    assert.ok(Math.abs(left - 0.5) < 1e-6, `${left}`);
  });

  it("belong to their document, also where another has the same text", async () => {
    const getCandidates = (kb: InMemoryLookupKB, { doc }: MentionQuery): Candidate[] =>
      kb.getAliasCandidates("Paris").filter(({ entity_ }) => entity_ === doc.id);
    const docs = ["Q1", "Q2", "Q3"].map((id) => marked("[Paris]", id));
    const { kb, find } = await serviceOf(tinyKb(), { getCandidates }).find(docs);
    const found = docs.map((doc) =>
      find(doc, kb).map(({ candidates }) => kb.entityIds.at(candidates.entities[0] as number)),
    );
    assert.deepEqual(found, [["Q1"], ["Q2"], ["Q3"]]);
  });

  it("lose a training document's own counts like those of the look-ups", async () => {
    const getCandidates = (kb: InMemoryLookupKB, { text }: MentionQuery): Candidate[] =>
      kb.getAliasCandidates(text);
    const { kb, find } = await serviceOf(tinyKb(), { getCandidates }).find([marked("[Paris]")]);
    const discount = { prior: () => 0.25, frequency: () => 7 };
    const [mention] = find(marked("[Paris]"), kb, discount);
    assert.deepEqual([...(mention?.candidates.priors ?? [])], [0.25, 0.25, 0.25]);
    assert.deepEqual([...(mention?.candidates.frequencies ?? [])], [7, 7, 7]);
  });

  it("of one id count once, with the higher prior; no more than max_candidates are kept", async () => {
    const kb = new TinyRemoteKB();
    const many = Array.from({ length: 30 }, (_, i) => candidate(`Z${i}`, "Oslo", i / 1000));
    kb.getCandidates = async () => [candidate("Q1", "Oslo", 0.1), candidate("Q1", "Oslo", 0.9), ...many];
    const { kb: mirror, find } = await serviceOf(kb).find([marked("[Oslo]")]);
    const [mention] = find(marked("[Oslo]"), mirror);
    const { entities, priors } = mention?.candidates ?? { entities: [], priors: [] };
    assert.equal(entities.length, config.candidates.max_candidates);
    assert.equal(mirror.entityIds.at(entities[0] as number), "Q1");
    assert.ok(Math.abs((priors[0] as number) - 0.9) < 1e-6);
    assert.ok(
      mirror.getAliasCandidates("Oslo").reduce((sum, { priorProb }) => sum + priorProb, 0) <= 1.00001,
    );
  });

  it("are not asked for where the label is discarded", async () => {
    const kb = new TinyRemoteKB();
    const docs = [marked("[Paris||GPE] and [Jordan||PERSON]")];
    const { kb: mirror, find } = await serviceOf(kb, {}, { labels_discard: ["GPE"] }).find(docs);
    assert.deepEqual(kb.asked, [["Jordan"]]);
    assert.deepEqual(
      find(docs[0] as Doc, mirror).map(({ candidates }) => candidates.entities.length),
      [0, 2],
    );
  });

  it("come by the method that a class overwrites, at every batch size", async () => {
    class OnlyBatches extends KnowledgeBase {
      readonly entityVectorLength = 6;
      override async getCandidatesBatch(mentions: readonly string[]): Promise<Candidate[][]> {
        return mentions.map((mention) => [candidate("Q1", mention, 1)]);
      }
      override getCandidates(): never {
        throw new Error("not this one");
      }
      override getVector(): Float32Array {
        return new Float32Array(6);
      }
    }
    Reflect.deleteProperty(OnlyBatches.prototype, "getCandidates");
    class OnlySingle extends InMemoryLookupKB {
      override getCandidates(mention: string): Candidate[] {
        return Promise.resolve([candidate("Q1", mention, 1)]) as unknown as Candidate[];
      }
    }
    for (const kb of [new OnlyBatches(), new OnlySingle({ entityVectorLength: 6 })]) {
      for (const size of [1, 5]) {
        const { kb: mirror } = await serviceOf(kb, {}, { candidates_batch_size: size }).find([
          marked("[Oslo]"),
        ]);
        assert.deepEqual(mirror.getEntityStrings(), ["Q1"]);
      }
    }
  });

  for (const { title, answer, code, message } of [
    { title: "nothing", answer: undefined, code: "E147", message: /undefined for "Oslo"/ },
    { title: "a prior of 5", answer: [candidate("Q1", "Paris", 5)], code: "L516", message: /priorProb is 5/ },
    {
      title: "NaN",
      answer: [candidate("Q1", "Paris", Number.NaN)],
      code: "L516",
      message: /priorProb is NaN/,
    },
    {
      title: "an unknown match",
      answer: [{ ...candidate("Q1", "Paris", 0.5), entity_: "Q1", match: "fuzzy" }],
      code: "L516",
      message: /match is fuzzy/,
    },
  ]) {
    it(`are refused where a function answers with ${title}, also in a component`, async () => {
      const getCandidates = () => answer as Candidate[];
      const docs = [marked("[Oslo]")];
      await assert.rejects(serviceOf(tinyKb(), { getCandidates }).find(docs), { code, message });
      const nel = new EntityLinker({ backend, getCandidates });
      const examples = tinyDocs().train.map((reference) => ({ reference, predicted: reference }));
      await assert.rejects(
        nel.initialize(() => examples, { kbLoader: () => tinyKb() }),
        { code },
      );
    });
  }

  it("stop being waited for when that is asked", async () => {
    const kb = new TinyRemoteKB();
    kb.getCandidates = () => new Promise(() => {});
    const controller = new AbortController();
    const found = serviceOf(kb).find([marked("[Oslo]")], { signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(found, /enough/);
  });
});

describe("a model that asks", () => {
  it("is not linked with by ways that would not ask", async () => {
    const output = join(folder, "asks");
    const bundle = await train(config, { output, functions: { kbLoader: () => new TinyRemoteKB() } });
    assert.throws(() => linkerFrom(bundle, backend), { code: "L519" });
    const read = await readBundle(output);
    assert.throws(() => linkerFrom(read, backend), { code: "L519", message: /TinyRemoteKB/ });
    await assert.rejects(new EntityLinker({ backend }).fromDisk(output), { code: "L519" });
  });

  it("does not go on with other functions under the same name", async () => {
    const output = join(folder, "resumed");
    const answers = { all: 3 };
    const getCandidates = (kb: InMemoryLookupKB, { text }: MentionQuery): Candidate[] =>
      kb.getAliasCandidates(text).slice(0, answers.all);
    await train(config, { output, functions: { getCandidates } });
    await train(config, { output, resume: true, functions: { getCandidates } });
    answers.all = 1;
    await assert.rejects(train(config, { output, resume: true, functions: { getCandidates } }), {
      code: "L507",
    });
  });
});

describe("a component with a class of one's own", () => {
  class Shouting extends InMemoryLookupKB {
    override getCandidates(mention: string): Candidate[] {
      return this.getAliasCandidates(mention.replace(/!+$/, ""));
    }
  }

  it("reads its knowledge base into that class", async () => {
    const generateEmptyKb = (entityVectorLength: number): Shouting => new Shouting({ entityVectorLength });
    const bytes = await tinyKb(64).toBytes();
    const kbLoader = async (): Promise<Shouting> =>
      (await new Shouting({ entityVectorLength: 64 }).fromBytes(bytes)) as Shouting;
    const nel = new EntityLinker({ backend, generateEmptyKb });
    const examples = tinyDocs().train.map((reference) => ({ reference, predicted: reference }));
    await nel.initialize(() => examples, { kbLoader });
    const read = await new EntityLinker({ backend, generateEmptyKb }).fromBytes(await nel.toBytes());
    const count = (own: EntityLinker): number =>
      own.predict([new Doc("Paris!!", { ents: [{ start: 0, end: 7 }] })])[0]?.[0]?.candidates.length ?? -1;
    assert.deepEqual([count(nel), count(read)], [3, 3]);
  });

  it("is stored as it was when that began, though updates go on", async () => {
    const nel = new EntityLinker({ backend });
    const examples = tinyDocs().train.map((reference) => ({ reference, predicted: reference }));
    await nel.initialize(() => examples, { kbLoader: () => tinyKb(64) });
    const sgd = nel.createOptimizer({ learningRate: 0.05 });
    nel.update(examples, { sgd });
    const scores = (own: EntityLinker): number[] =>
      own
        .predict(tinyDocs().dev)
        .flat()
        .map(({ score }) => score);
    const before = scores(nel);
    const writing = nel.toBytes();
    nel.update(examples, { sgd });
    const read = await new EntityLinker({ backend }).fromBytes(await writing);
    scores(read).forEach((score, i) => {
      assert.ok(Math.abs(score - (before[i] as number)) < 1e-5, `${score}, ${before[i]}`);
    });
  });

  it("runs with averages one at a time, and with its own", async () => {
    const nel = new EntityLinker({ backend });
    const examples = tinyDocs().train.map((reference) => ({ reference, predicted: reference }));
    await nel.initialize(() => examples, { kbLoader: () => tinyKb(64) });
    const sgd = nel.createOptimizer();
    nel.update(examples, { sgd });
    const first = nel.useParams(sgd.averages, async () =>
      assert.throws(() => nel.useParams(sgd.averages, () => 1), { code: "L410" }),
    );
    await first;
    assert.equal(
      nel.useParams(sgd.averages, () => 1),
      1,
    );
    const other = new EntityLinker({ backend });
    await other.initialize(() => examples, { kbLoader: () => tinyKb(64) });
    assert.throws(() => other.useParams(sgd.averages, () => 1), { code: "L410", message: /another model/ });
  });
});
