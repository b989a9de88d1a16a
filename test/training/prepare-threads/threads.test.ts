import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Worker } from "node:worker_threads";
import { linkwrightError } from "../../../src/errors.js";
import { shareKb } from "../../../src/kb/shared-kb.js";
import { type Config, readConfig } from "../../../src/linker/config.js";
import { FEATURE_GROUP_NAMES } from "../../../src/model/features/groups.js";
import { Doc } from "../../../src/text/doc.js";
import { toPlainError } from "../../../src/thread-error.js";
import { DocumentPreparer } from "../../../src/training/document-preparer.js";
import {
  type Corpora,
  emptyNumbers,
  prepare,
  prepareInThreads,
  type TrainingData,
} from "../../../src/training/prepare.js";
import {
  newQueue,
  type ThreadAnswer,
  type ThreadData,
  toPlain,
  toPlainBasis,
} from "../../../src/training/prepare-threads/thread-data.js";
import { PrepareThread } from "../../../src/training/prepare-threads/thread-handle.js";
import { workersFor } from "../../../src/training/prepare-threads/threads.js";
import { train } from "../../../src/training/train.js";
import { featurizerOf, learnBasis } from "../../../src/training/training-basis.js";
import { suiteFolder, tinyConfig, tinyDocs, tinyKb, writeCorpus } from "../../fixtures.js";

/** Documents enough for a dozen ranges, some with sentences of their own. */
function manyDocs(): Pick<Corpora, "train" | "dev"> {
  const { train: docs, dev } = tinyDocs();
  const whole = ({ text }: Doc) => [{ start: 0, end: text.length }];
  const copies = Array.from({ length: 150 }, (_, copy) =>
    docs.map((doc) => new Doc(doc.text, { ents: doc.ents, sents: copy % 2 === 0 ? whole(doc) : undefined })),
  );
  return { train: copies.flat(), dev };
}

const corpora = (): Corpora => ({ kb: tinyKb(), ...manyDocs() });

function configOf(workers: number, changes: Parameters<typeof tinyConfig>[0] = {}): Config {
  const model = { features: [...FEATURE_GROUP_NAMES], ...changes.model };
  return tinyConfig({ ...changes, model, training: { ...changes.training, workers } });
}

/** What of training data is numbers. */
function numbersOf({ featurizer: _featurizer, kb: _kb, mentionFilter, ...numbers }: TrainingData): object {
  return { ...numbers, mentionFilter: mentionFilter?.toBytes() };
}

describe("prepareInThreads", () => {
  const changes: Record<string, Parameters<typeof tinyConfig>[0]> = {
    "by default": {},
    "with priors drawn anew": { training: { varied_priors: 0.5 } },
    "with labels that are discarded": { linker: { labels_discard: ["PERSON"] } },
    "of the mentions that the gazetteer finds": { linker: { use_gold_ents: false } },
    "without priors and context": { linker: { incl_prior: false, incl_context: false } },
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`gives the same to the byte, ${what}`, async () => {
      const expected = numbersOf(prepare(configOf(1, change), corpora()));
      for (const workers of [1, 2, 3]) {
        assert.deepEqual(numbersOf(await prepareInThreads(configOf(workers, change), corpora())), expected);
      }
    });
  }

  it("stops when it is told to, whatever the threads are at", async () => {
    const controller = new AbortController();
    const preparing = prepareInThreads(configOf(2), corpora(), { signal: controller.signal });
    controller.abort();
    await assert.rejects(preparing, { name: "AbortError" });
    const late = prepareInThreads(configOf(1), corpora(), { signal: controller.signal });
    await assert.rejects(late, { name: "AbortError" });
  });

  const folder = suiteFolder();
  it("trains the same weights, and goes on with another number of threads", async () => {
    const { config } = writeCorpus(folder);
    const [alone, together] = [1, 2].map((workers) => readConfig(config, { "training.workers": workers }));
    const [one, two] = [join(folder, "one"), join(folder, "two")];
    await train(alone as Config, { output: one });
    await train(together as Config, { output: two });
    assert.deepEqual(readFileSync(join(two, "weights.bin")), readFileSync(join(one, "weights.bin")));
    await train(alone as Config, { output: two, resume: true }); // else L507: it is another training
  });
});

describe("PrepareThread", () => {
  const config = configOf(2);
  const { kb, train: docs, dev } = corpora();
  const met = (doc: Doc) => ({ doc, ents: doc.ents });
  const documents = { train: docs.map(met), dev: dev.map(met) };
  const data = (): ThreadData => {
    return { config, kb: shareKb(kb), documents: toPlain(documents), queue: newQueue() };
  };

  it("finds candidates and makes features as any other", async (t) => {
    const preparer = new DocumentPreparer(config, kb, documents);
    const basis = learnBasis(config, { kb, train: documents.train });
    const featurizer = featurizerOf(basis, kb, config);
    const expectedFound = preparer.ranges.map((range) => preparer.candidates(range));
    const expected = emptyNumbers(preparer, expectedFound, { basis, featurizer, documents });
    for (const range of preparer.ranges) preparer.featurize(range, featurizer, expected[range.part]);

    const thread = new PrepareThread(data());
    t.after(() => thread.close());
    const found = await thread.ask({ kind: "candidates" });
    assert.ok(found.length > 8, "there are ranges enough to be taken out of order");
    assert.deepEqual(found, [...expectedFound.entries()]);
    const numbers = emptyNumbers(preparer, expectedFound, { basis, featurizer, documents });
    await thread.ask({ kind: "features", basis: toPlainBasis(basis), numbers });
    assert.deepEqual(numbers, expected);
  });

  it("takes no range that another one has taken", async (t) => {
    const shared = data();
    const threads = [new PrepareThread(shared), new PrepareThread(shared)];
    t.after(() => Promise.all(threads.map((thread) => thread.close())));
    const found = await Promise.all(threads.map((thread) => thread.ask({ kind: "candidates" })));
    const indices = found.flat().map(([index]) => index);
    const { ranges } = new DocumentPreparer(config, kb, documents);
    assert.deepEqual(
      indices.sort((a, b) => a - b),
      [...ranges.keys()],
    );
  });

  it("tells what it met, and is asked nothing more", async (t) => {
    const thread = new PrepareThread(data());
    t.after(() => thread.close());
    const basis = toPlainBasis(learnBasis(config, { kb, train: documents.train }));
    const request = { kind: "features", basis, numbers: {} as never } as const;
    const met = { name: "Error", message: /Cannot (destructure|read)/ };
    await assert.rejects(thread.ask(request), met);
    assert.match(thread.failure?.message ?? "", met.message);
    await assert.rejects(thread.ask({ kind: "candidates" }), met);
  });

  it("tells it by its code", async (t) => {
    const thread = new PrepareThread(data());
    t.after(() => thread.close());
    const error = linkwrightError("L220", { found: "3" });
    const { worker } = thread as unknown as { worker: Worker };
    const asked = thread.ask({ kind: "candidates" });
    worker.emit("message", { error: toPlainError(error) } satisfies ThreadAnswer);
    const { name, code, message } = error;
    await assert.rejects(asked, { name, code, message });
  });

  it("that dies is an error: L531", async (t) => {
    const thread = new PrepareThread({ ...data(), config: {} as never });
    t.after(() => thread.close());
    await assert.rejects(thread.ask({ kind: "candidates" }), { code: "L531", message: /training\.workers/ });
  });
});

describe("training.workers", () => {
  const many = { ...corpora(), dev: Array.from({ length: 15 }, () => corpora().train).flat() };

  it("is a number of threads; 0 asks for them where there are mentions enough", () => {
    assert.equal(workersFor(configOf(3), corpora()), 3);
    assert.equal(workersFor(configOf(0), corpora()), 1);
    assert.equal(workersFor(configOf(0), many), Math.min(2, availableParallelism()));
  });

  it("is 1 where functions find the candidates: they stay in their thread", () => {
    assert.equal(workersFor(configOf(3), { ...corpora(), find: () => [] }), 1);
  });

  it("below 0 is refused", () => {
    assert.throws(() => configOf(-1), { code: "L503", message: /training\.workers/ });
  });
});
