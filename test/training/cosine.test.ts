import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { bindMembers } from "../../src/linker/bound-model.js";
import { type Bundle, linkerFrom, readBundle, writeBundle } from "../../src/linker/bundle.js";
import { findCandidates } from "../../src/linker/candidates.js";
import { type Config, readConfig } from "../../src/linker/config.js";
import { decideAsSpacy, type SpacyDecision } from "../../src/linker/decide-as-spacy.js";
import { openDescribedKb } from "../../src/linker/described-kb.js";
import type { LinkerOptions } from "../../src/linker/options.js";
import type { Link } from "../../src/linker/predict.js";
import { CosineModel } from "../../src/model/cosine-model.js";
import type { Mention } from "../../src/model/mention.js";
import { evaluate } from "../../src/scoring/evaluation.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import type { Doc } from "../../src/text/doc.js";
import { ablate } from "../../src/training/ablate.js";
import { loadDocs } from "../../src/training/corpus.js";
import { learningCurve } from "../../src/training/learning-curve.js";
import type { EpochReport } from "../../src/training/loop.js";
import { train, trainOn } from "../../src/training/train.js";
import { assertClose, marked, suiteFolder, tinyConfig, tinyDocs, tinyKb, writeCorpus } from "../fixtures.js";
import { cosineConfig, entityVectors, VECTOR_LENGTH, vectorKb } from "../vector-kb.js";

const folder = suiteFolder();
let backend: Backend;
let bundle: Bundle;
before(async () => {
  backend = await loadBackend("wasm");
  bundle = await trained();
});

const corpora = () => ({ kb: vectorKb(), ...tinyDocs() });
const trained = (config: Config = cosineConfig(), onEpoch?: (report: EpochReport) => void): Promise<Bundle> =>
  trainOn(config, corpora(), backend, onEpoch ? { onEpoch } : {});
const blank = (doc: Doc): Doc => doc.withEnts(doc.ents.map((span) => ({ ...span, kbId: "" })));
const docs = (): Doc[] =>
  [...tinyDocs().train, ...tinyDocs().dev, marked("[Wagga Wagga] and [Paris||DATE]")].map(blank);
const docsOf = (part: "dev" | "train"): Doc[] => tinyDocs()[part];
const linksOf = (one: Bundle, changes: Partial<LinkerOptions> = {}): Link[][] =>
  linkerFrom(one, backend, changes).predict(docs());

describe("training with the architecture cosine", () => {
  it("learns: the loss falls", async () => {
    const losses: number[] = [];
    await trained(cosineConfig({ training: { max_epochs: 12, patience: 12 } }), ({ loss }) =>
      losses.push(loss),
    );
    assert.equal(losses.length, 12);
    assert.ok((losses[0] as number) > 0.5);
    assert.ok((losses.at(-1) as number) < 0.5 * (losses[0] as number), losses.join(" "));
  });

  it("leaves the knowledge base's vectors as they are, of one member and of several", async () => {
    for (const seeds of [1, 2]) {
      const { kb, learned } = await trained(cosineConfig({ training: { seeds, max_epochs: 2 } }));
      assert.ok(learned.members.length <= seeds);
      assert.deepEqual(kb.vectors, vectorKb().vectors);
      assert.equal(kb.entityVectorLength, VECTOR_LENGTH);
    }
  });

  it("calibrates nothing, and remembers nothing of dev", () => {
    assert.deepEqual([bundle.calibration, bundle.evidence], [undefined, undefined]);
    assert.equal(linkerFrom(bundle, backend).learned.options.nilLogit, false);
  });

  it("has a learning curve, but from no other model", async () => {
    const config = cosineConfig({ training: { max_epochs: 1 } });
    const curve = (inits: string[]) =>
      learningCurve(config, corpora(), backend, { sizes: [0], seeds: 1, inits });
    assert.equal((await curve(["random"])).curves[0]?.points.length, 2);
    await assert.rejects(curve(["random", "base"]), {
      code: "L503",
      message: /^\S+ learning-curve: training\.init/,
    });
  });

  it("has no parts to be ablated", async () => {
    const { parts } = await ablate(cosineConfig({ training: { max_epochs: 1 } }), corpora(), backend, {
      seeds: 1,
    });
    assert.deepEqual(parts, []);
  });

  it("is refused before any work where the knowledge base has no vectors that it can use", async () => {
    const refused = async (kb: InMemoryLookupKB, message: RegExp): Promise<void> => {
      await assert.rejects(trainOn(cosineConfig(), { kb, ...tinyDocs() }, backend), {
        code: "L409",
        message,
      });
    };
    await refused(
      tinyKb(),
      /of length 6, and found none.*"vector" in entities\.jsonl.*addEntity.*DescribedKB/,
    );
    await refused(vectorKb(4), /of length 6, and found some of length 4/);
    const zeros = tinyKb();
    zeros.setVectors(new Float32Array(8 * 6));
    await refused(zeros, /found none/);
    const others = vectorKb();
    await trainOn(tinyConfig({ training: { max_epochs: 1 } }), { kb: others, ...tinyDocs() }, backend);
    assert.equal(others.entityVectorLength, 6);
    await refused(others, /found those that another model made/);
    const { config } = writeCorpus(folder);
    const output = join(folder, "refused");
    const fromFile = readConfig(config, { "model.architecture": "cosine" });
    await assert.rejects(train(fromFile, { output }), { code: "L409" });
    assert.ok(!existsSync(output));
  });
});

/** What decideAsSpacy says of every mention, over the model's own context vectors, beside the linker's link. */
function bySpacy(
  one: Bundle,
  changes: Partial<LinkerOptions>,
): { link: Link; expected: SpacyDecision; ids: string[] }[] {
  const linker = linkerFrom(one, backend, changes);
  const { featurizer, members } = bindMembers(one.learned, one.kb, linker.options, backend);
  const [member] = members();
  assert.ok(member instanceof CosineModel);
  return docs().flatMap((doc) => {
    const mentions = findCandidates(doc, one.kb, linker.candidates);
    const table = featurizer.featurize([{ doc, mentions }]);
    return linker.linkMentions([{ doc, mentions }]).flatMap((links) =>
      links.map((link, i) => {
        const found = mentions[i] as Mention;
        const ids = Array.from(found.candidates.entities, (row) => one.kb.entityIds.at(row));
        const candidates = ids.map((id, c) => {
          return { priorProb: found.candidates.priors[c] as number, entityVector: one.kb.getVector(id) };
        });
        const contextVector = member.encodeContexts(table, Int32Array.of(i));
        return {
          link,
          ids,
          expected: decideAsSpacy({ label: link.label, candidates, contextVector }, linker.options),
        };
      }),
    );
  });
}

describe("a linker with the architecture cosine", () => {
  it("decides as decideAsSpacy does over the vectors of its contexts, and says the best score", () => {
    const settings: Partial<LinkerOptions>[] = [
      {},
      { threshold: 0.5 },
      { threshold: 1 },
      { inclPrior: false, threshold: 0.3 },
      { inclContext: false },
      { labelsDiscard: ["DATE", "ORG"] },
    ];
    const reasons = new Set<string>();
    for (const changes of settings) {
      for (const { link, expected, ids } of bySpacy(bundle, changes)) {
        const what = JSON.stringify([changes, link]);
        assert.equal(link.reason, expected.reason, what);
        assert.equal(link.kbId, ids[expected.choice] ?? "NIL", what);
        reasons.add(link.reason);
        if (expected.scores.length === 0) continue;
        const scores = ids.map((id) => link.candidates.find(({ kbId }) => kbId === id)?.score as number);
        assertClose(scores, expected.scores, 1e-6, what);
        assertClose([link.score], [Math.max(...expected.scores)], 1e-6, what);
      }
    }
    assert.deepEqual([...reasons].sort(), ["below_threshold", "discarded", "linked", "no_candidates"]);
  });

  it("takes the config's threshold; without one there is none, also for a negative score", async () => {
    const asked: Bundle = { ...bundle, config: cosineConfig({ linker: { threshold: 0.9 } }) };
    assert.ok(
      linksOf(asked)
        .flat()
        .some(({ reason }) => reason === "below_threshold"),
    );
    const kb = vectorKb();
    const { featurizer, members } = bindMembers(
      bundle.learned,
      kb,
      linkerFrom(bundle, backend).options,
      backend,
    );
    const doc = marked("[Zürich]");
    const table = featurizer.featurize([
      { doc, mentions: findCandidates(doc, kb, { maxCandidates: 9, paths: [] }) },
    ]);
    const context = (members()[0] as CosineModel).encodeContexts(table, Int32Array.of(0));
    kb.updateEntity("Q8", { vector: context.map((x) => -x) });
    const [[link]] = linkerFrom({ ...bundle, kb }, backend, { inclPrior: false }).predict([doc]) as [[Link]];
    assertClose([link.score], [-1], 1e-6);
    assert.deepEqual([link.kbId, link.reason], ["Q8", "linked"]);
  });

  it("can't keep a precision, and says why", () => {
    assert.throws(() => linkerFrom(bundle, backend, { precision: 0.9 }), {
      code: "L511",
      message: /no probabilities/,
    });
  });

  it("is evaluated as others are, without a threshold to report", async () => {
    const { accuracy, threshold, reliability, n_mentions } = await evaluate(
      linkerFrom(bundle, backend),
      docsOf("dev"),
    );
    assert.equal(threshold, null);
    assert.ok(accuracy >= 0.6, `${accuracy}`);
    assert.equal(
      reliability.reduce((sum, { n }) => sum + n, 0),
      n_mentions,
      "a bin for every score",
    );
    const half = await evaluate(linkerFrom(bundle, backend, { threshold: 0.5 }), docsOf("dev"));
    assert.equal(half.threshold, 0.5);
  });

  it("is written with the knowledge base's own vectors, and links the same when it is read again", async () => {
    for (const seeds of [1, 2]) {
      const one = await trained(cosineConfig({ training: { seeds, max_epochs: 3 } }));
      const path = join(folder, `model-${seeds}`);
      await writeBundle(one, path, { linkwrightVersion: "1.2.3" });
      const again = await readBundle(path);
      assert.equal(again.calibration, undefined);
      assert.deepEqual(again.kb.vectors, vectorKb().vectors);
      assert.deepEqual(linksOf(again), linksOf(one));
      const twice = join(folder, `twice-${seeds}`);
      await writeBundle(again, twice, { linkwrightVersion: "1.2.3" });
      for (const file of ["meta.json", "weights.bin", "kb/vectors.arrow"]) {
        assert.deepEqual(readFileSync(join(twice, file)), readFileSync(join(path, file)), file);
      }
    }
  });

  it("does not take another model's vectors for its own, nor write them", async () => {
    const kb = vectorKb();
    const one = await trainOn(cosineConfig({ training: { max_epochs: 1 } }), { kb, ...tinyDocs() }, backend);
    await trainOn(tinyConfig({ training: { max_epochs: 1 } }), { kb, ...tinyDocs() }, backend);
    assert.throws(() => linksOf(one), { code: "L409", message: /another model/ });
    await assert.rejects(writeBundle(one, join(folder, "others"), { linkwrightVersion: "1" }), {
      code: "L406",
      message: /L409/,
    });
    kb.setVectors(vectorKb().vectors as Float32Array);
    assert.deepEqual(linksOf(one), linksOf({ ...one, kb: vectorKb() }));
  });

  it("links to another knowledge base with vectors of the same length", async () => {
    const kb = new InMemoryLookupKB({ entityVectorLength: VECTOR_LENGTH });
    for (const [i, vector] of entityVectors().entries()) kb.addEntity(`X${i}`, { vector });
    kb.addAlias("Paris", ["X0", "X1", "X2"], [0.7, 0.2, 0.1]);
    const [doc] = docs() as [Doc];
    const [expected] = linksOf(bundle)[0] as [Link];
    assert.equal(expected.candidates.length, 3);
    const [[link]] = linkerFrom({ ...bundle, kb }, backend).predict([doc]) as [[Link]];
    assert.equal(link.kbId, `X${Number(expected.kbId.slice(1)) - 1}`);
    assertClose([link.score], [expected.score], 0.05);
  });
});

describe("on the starter corpus, with vectors of descriptions", () => {
  it("learns what it trains on, far beyond the prior", async () => {
    const corpus = fileURLToPath(new URL("../../../corpus/starter", import.meta.url));
    const config = readConfig(fileURLToPath(new URL("../../../configs/spacy.toml", import.meta.url)), {
      "training.backend": "wasm",
      "training.max_epochs": 8,
      "linker.n_sents": 3,
    });
    const kb = await openDescribedKb(corpus);
    const dev = await loadDocs(config.paths.dev);
    const losses: number[] = [];
    const onEpoch = ({ loss }: EpochReport): number => losses.push(loss);
    const trained = await loadDocs(config.paths.train);
    const one = await trainOn(config, { kb, train: trained, dev }, backend, {
      onEpoch,
    });
    const { accuracy, prior_accuracy } = await evaluate(linkerFrom(one, backend), trained);
    assert.ok((losses.at(-1) as number) < 0.6 * (losses[0] as number), losses.join(" "));
    assert.ok(accuracy > prior_accuracy + 0.2, `${accuracy}, prior ${prior_accuracy}`);
  });
});
