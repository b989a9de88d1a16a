import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import type { Candidate } from "../../src/kb/candidate.js";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { readBundle } from "../../src/linker/bundle.js";
import type { Config } from "../../src/linker/config.js";
import type { DocumentLinker } from "../../src/linker/linker.js";
import type { LinkCandidate } from "../../src/linker/predict.js";
import type { TrainingFunctions } from "../../src/plugins/functions.js";
import { loadDocumentLinker, loadLinker } from "../../src/plugins/load-linker.js";
import { registry } from "../../src/plugins/registry.js";
import { evaluate } from "../../src/scoring/evaluation.js";
import { scoreLinks } from "../../src/scoring/scorer.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import type { Doc, Span } from "../../src/text/doc.js";
import { train } from "../../src/training/train.js";
import { linkwright, marked, suiteFolder, tinyConfig, tinyDocs, tinyKb, writeCorpus } from "../fixtures.js";
import { TinyRemoteKB } from "./tiny-remote.js";

const folder = suiteFolder();
const corpus = writeCorpus(folder);
let backend: Backend;

const configOf = (functions: Config["functions"] = {}, batchSize = 1): Config => {
  const paths = { kb: corpus.source, train: corpus.train, dev: corpus.dev };
  const linker = { candidates_batch_size: batchSize };
  return { ...tinyConfig({ paths, linker, training: { max_epochs: 6, backend: "wasm" } }), functions };
};

const trainTo = async (name: string, functions: TrainingFunctions, config = configOf()): Promise<string> => {
  const output = join(folder, name);
  await train(config, { output, functions });
  return output;
};

/** Documents linked in batches of some size. */
async function linked(linker: DocumentLinker, docs: readonly Doc[], batchSize: number): Promise<Doc[]> {
  const all: Doc[] = [];
  for await (const doc of linker.pipe(docs, { batchSize })) all.push(doc);
  return all;
}

const scoresOf = (docs: readonly Doc[]): unknown[] =>
  docs.flatMap(({ ents }) => ents.map(({ kbId, score, reason }) => [kbId, score, reason]));

before(async () => {
  backend = await loadBackend("wasm");
});

describe("a knowledge base of one's own that answers later", () => {
  const kbLoader = (): TinyRemoteKB => new TinyRemoteKB();
  let model: string;
  before(async () => {
    model = await trainTo("remote", { kbLoader });
  });

  it("trains, and links as one in memory with the same candidates does", async () => {
    const exact = { getCandidates: "spacy.CandidateGenerator.v1" };
    const local = await loadLinker(await trainTo("local", exact), backend);
    const { linker } = await loadDocumentLinker(model, backend, { functions: { kbLoader } });
    const { dev } = tinyDocs();
    const [remotely, locally] = [await evaluate(linker, dev), await evaluate(local, dev)];
    assert.ok(remotely.accuracy >= 0.8, `accuracy ${remotely.accuracy}`);
    for (const key of ["accuracy", "candidate_recall", "prior_accuracy", "nil_r"] as const) {
      assert.equal(remotely[key], locally[key], key);
    }
  });

  it("gives a document the same scores whatever stands beside it", async () => {
    const { linker } = await loadDocumentLinker(model, backend, { functions: { kbLoader } });
    const docs = (): Doc[] => [...tinyDocs().dev, ...tinyDocs().train.slice(0, 5)];
    assert.deepEqual(scoresOf(await linked(linker, docs(), 1)), scoresOf(await linked(linker, docs(), 128)));
  });

  it("is asked once for a text, in batches of candidates_batch_size", async () => {
    const kb = new TinyRemoteKB();
    await trainTo("batches", { kbLoader: () => kb }, configOf({}, 5));
    const texts = kb.asked.flat();
    assert.deepEqual(
      kb.asked.map((some) => some.length),
      [5, 3],
    );
    assert.equal(new Set(texts).size, texts.length);
  });

  it("is named by the model, which does not link without it", async () => {
    const { about, config } = await readBundle(model);
    assert.equal(about.mirrors, "TinyRemoteKB");
    assert.deepEqual([config.functions, config.paths.kb], [{ kb_loader: "(function)" }, undefined]);
    await assert.rejects(loadLinker(model, backend), { code: "L519", message: /TinyRemoteKB/ });
    await assert.rejects(loadDocumentLinker(model, backend), { code: "L408", message: /kbLoader/ });
  });

  it("has no names to find mentions by", async () => {
    const { linker } = await loadDocumentLinker(model, backend, { functions: { kbLoader } });
    assert.throws(() => linker.detect(marked("Paris")), { code: "L518" });
    const config = configOf();
    const detecting = { ...config, linker: { ...config.linker, use_gold_ents: false } };
    await assert.rejects(trainTo("no", { kbLoader }, detecting), { code: "L518" });
  });

  it("counts annotated ids that it lacks as NIL", async () => {
    const { linker } = await loadDocumentLinker(model, backend, { functions: { kbLoader } });
    const docs = [marked("Far from [Bergen|Q99]."), marked("To [Zürich|Q8].")];
    const { accuracy, nil_r } = await evaluate(linker, docs);
    assert.deepEqual([accuracy, nil_r], [1, 1]);
  });

  for (const { title, change, code, message } of [
    {
      title: "an error",
      change: () => Promise.reject(new Error("503")),
      code: "L517",
      message: /"Paris".*503/,
    },
    {
      title: "a prior above 1",
      change: () => [{ entity_: "Q1", alias_: "Paris", priorProb: 1.5 }],
      code: "L516",
      message: /"Q1".*priorProb is 1.5/,
    },
    {
      title: "no id",
      change: () => [{ alias_: "Paris", priorProb: 0.5 }],
      code: "L516",
      message: /undefined/,
    },
    {
      title: "a vector of another length",
      change: () => [{ entity_: "Q1", alias_: "Paris", priorProb: 0.5, entityVector: [1] }],
      code: "L516",
      message: /"Q1"/,
    },
  ]) {
    it(`may answer with ${title}, which is told as such`, async () => {
      const kb = new TinyRemoteKB();
      kb.getCandidates = async () => (await change()) as Candidate[];
      const { linker } = await loadDocumentLinker(model, backend, { functions: { kbLoader: () => kb } });
      await assert.rejects(linked(linker, [marked("[Paris]")], 1), { code, message });
    });
  }

  it("needs no more of a candidate than its id, alias and prior", async () => {
    const kb = new TinyRemoteKB();
    kb.getCandidates = async () => [{ entity_: "Z1", alias_: "Oslo", priorProb: 1 } as Candidate];
    const { linker } = await loadDocumentLinker(model, backend, { functions: { kbLoader: () => kb } });
    const [doc] = await linked(linker, [marked("[Oslo]")], 1);
    const [span] = (doc as Doc).ents as [Span];
    assert.deepEqual(
      (span.candidates as LinkCandidate[]).map(({ kbId }) => kbId),
      ["Z1"],
    );
  });

  it("is refused where it is none", async () => {
    const kbLoader = (() => ({})) as unknown as () => TinyRemoteKB;
    await assert.rejects(trainTo("none", { kbLoader }), { code: "E1018" });
  });
});

describe("functions before a knowledge base in memory", () => {
  it("may take their time, and see the mention with its document", async () => {
    const labels = new Set<string>();
    const getCandidates = async (
      kb: InMemoryLookupKB,
      { text, span, doc }: { text: string; span: { label: string }; doc: Doc },
    ) => {
      labels.add(span.label);
      assert.ok(doc.text.includes(text));
      return kb.getAliasCandidates(text);
    };
    const model = await trainTo("function", { getCandidates });
    assert.deepEqual([...labels].sort(), ["FOOD", "GPE", "ORG", "PERSON"]);
    const { linker } = await loadDocumentLinker(model, backend, { functions: { getCandidates } });
    assert.ok((await evaluate(linker, tinyDocs().dev)).accuracy >= 0.8);
    assert.equal(linker.detect(marked("in Paris")).length, 1);
    await assert.rejects(loadDocumentLinker(model, backend), { code: "L408", message: /getCandidates/ });
  });

  it("are the knowledge base's own where a class overwrites them", async () => {
    class LowerCaseKB extends InMemoryLookupKB {
      override getCandidates(mention: string): Candidate[] {
        return this.getAliasCandidates(mention === "paname" ? "Paris" : mention);
      }
    }
    const generateEmptyKb = (entityVectorLength: number): LowerCaseKB =>
      new LowerCaseKB({ entityVectorLength });
    const kb = join(folder, "kb");
    await tinyKb(6).toDisk(kb);
    const config = configOf();
    const model = await trainTo("own", { generateEmptyKb }, { ...config, paths: { ...config.paths, kb } });
    const { linker } = await loadDocumentLinker(model, backend, { functions: { generateEmptyKb } });
    const [doc] = await linked(linker, [marked("on the Seine, in [paname], France")], 1);
    assert.equal(doc?.ents[0]?.kbId, "Q1");
  });

  it("score where a scorer is named", async () => {
    registry.scorers.register("test.half_scorer.v1", () => (examples: Parameters<typeof scoreLinks>[0]) => ({
      ...scoreLinks(examples),
      nel_micro_f: 0.5,
    }));
    const model = await trainTo("scorer", { scorer: "test.half_scorer.v1" });
    const { linker, scorer } = await loadDocumentLinker(model, backend);
    assert.equal((await evaluate(linker, tinyDocs().dev, { scorer })).nel_micro_f, 0.5);
  });
});

describe("--code", () => {
  const code = join(folder, "plugins.mjs");
  const config = join(folder, "plugins.toml");
  before(() => {
    writeFileSync(
      code,
      `import { Candidate, KnowledgeBase, readKbSource, registry } from "linkwright";
       class FolderKB extends KnowledgeBase {
         entityVectorLength = 64;
         constructor(kb) { super(); this.kb = kb; }
         async getCandidates(mention) { return this.kb.getAliasCandidates(mention); }
         async getVector(id) { return this.kb.getVector(id); }
       }
       registry.misc.register("folder.v1", ({ kbPath }) => async () => new FolderKB(await readKbSource(kbPath)));`,
    );
    const loader = '[functions]\nkb_loader = { "@misc" = "folder.v1", kb_path = "source" }\n';
    writeFileSync(config, readFileSync(corpus.config, "utf8").replace(/^kb = .*$/m, "") + loader);
  });

  it("runs functions of one's own in train, evaluate and apply", () => {
    const model = join(folder, "code-model");
    const trained = linkwright(["train", config, "-o", model, "--code", code]);
    assert.equal(trained.status, 0, trained.stderr);
    const evaluated = linkwright(["evaluate", model, corpus.dev, "--code", code, "--json"]);
    assert.ok(JSON.parse(evaluated.stdout).accuracy > 0.5, evaluated.stderr);
    const applied = linkwright(["apply", model, corpus.dev, "-", "--code", code]);
    assert.equal(applied.stdout.trim().split("\n").length, 4, applied.stderr);
    assert.match(applied.stdout, /"kb_id":"Q\d"/);
    const forgotten = linkwright(["apply", model, corpus.dev, "-"]);
    assert.equal(forgotten.status, 1);
    assert.match(forgotten.stderr, /\[E893\].*"folder\.v1".*--code/);
  });

  it("tells what is wrong with it", () => {
    const broken = join(folder, "broken.mjs");
    writeFileSync(broken, "throw new Error('not today');");
    for (const [path, line] of [
      [broken, /\[L520\].*broken\.mjs: not today/],
      [join(folder, "none.mjs"), /\[L520\].*there is no such file/],
    ] as const) {
      const ran = linkwright(["train", config, "-o", join(folder, "never"), "--code", path]);
      assert.equal(ran.status, 1);
      assert.match(ran.stderr, line);
    }
  });
});
