import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LINKER_DEFAULTS } from "../../src/linker/options.js";
import { FEATURE_GROUPS } from "../../src/model/features/groups.js";
import { applyScaling, fitScaling, type MentionTable } from "../../src/model/mention-table.js";
import { Vocabulary } from "../../src/model/vocabulary.js";
import type { Doc } from "../../src/text/doc.js";
import { assertClose, marked, tinyDocs, tinyKb } from "../fixtures.js";
import {
  ALL_FEATURES,
  type FeaturizerSetting,
  featurizerOf,
  memoryOf,
  withCandidates,
} from "./feature-rows.js";

/** Every word of these tests has a row of its own: the first is row 1. */
const WORDS = "one two three four five paris the king amman capital spoke seine".split(" ");
const vocabulary = new Vocabulary(WORDS, new Int32Array(WORDS.length).fill(1), 1000, WORDS.length, 3);
const row = (word: string): number => WORDS.indexOf(word) + 1;

/** The table of one document, three tokens to a side. */
function tableOf(doc: Doc, setting: Partial<FeaturizerSetting> = {}): MentionTable {
  const kb = tinyKb();
  const model = { ...ALL_FEATURES, contextTokens: 3, documentTokens: 4 };
  return featurizerOf({ kb, model, vocabulary, ...setting }).featurize([withCandidates(doc, kb)]);
}

describe("Featurizer: context", () => {
  const doc = marked("One two. Three four [Paris|Q1] five. The king spoke.");

  it("lies nearest first, left then right, within n_sents sentences of the mention's own", () => {
    const context = (nSents: number): number[] => [...tableOf(doc, { options: { nSents } }).context];
    assert.deepEqual(context(0), ["four", "three", "", "five", "", ""].map(row));
    assert.deepEqual(context(1), ["four", "three", "two", "five", "the", "king"].map(row));
    const distances = [...tableOf(doc, { options: { nSents: 1 } }).sentenceDistance];
    assert.deepEqual(distances, [0, 0, 1, 0, 1, 1]);
  });

  it("is padding beyond the text's ends, and the mention itself is no part of it", () => {
    assert.deepEqual([...tableOf(marked("[Paris|Q1] two")).context], [0, 0, 0, row("two"), 0, 0]);
    assert.deepEqual([...tableOf(marked("[Paris|Q1]")).context], [0, 0, 0, 0, 0, 0]);
  });

  it("shares hash rows among words that the vocabulary lacks", () => {
    const [unknown = 0] = tableOf(marked("xyzzy [Paris|Q1]")).context;
    assert.ok(unknown > WORDS.length && unknown < vocabulary.rows);
  });

  it("of the whole document is its most telling words: idf x log(1 + count), ties in order", () => {
    const sparse = new Vocabulary(["rare", "common", "often"], Int32Array.of(1, 500, 30), 1000, 3, 1);
    const text = "common common rare [Paris|Q1] often often.";
    const { documentRows } = tableOf(marked(text), { vocabulary: sparse });
    // Without description words idf is capped by ln 9 = 2.2; common ln 2 = 0.69; paris, in three entities, 0.81.
    // often ln(1001 / 31) > 2.2, twice; rare once; common 0.69 x ln 3 = 0.76; paris 0.81 x ln 2 = 0.56
    const paris = sparse.row("pari");
    assert.deepEqual([...documentRows], [3, 1, 2, paris]);
  });
});

describe("Featurizer: table", () => {
  it("keeps documents, mentions, labels and candidate rows apart", () => {
    const kb = tinyKb();
    const featurizer = featurizerOf({ kb, vocabulary });
    const docs = [marked("[Paris|Q1] [Oslo|NIL|X]"), marked("no mention"), marked("[Jordan|Q4]")];
    const table = featurizer.featurize(docs.map((doc) => withCandidates(doc, kb)));
    assert.equal(table.size, 3);
    assert.deepEqual([...table.documents], [0, 0, 2]);
    assert.deepEqual([...table.rowStart], [0, 3, 3, 5]);
    assert.deepEqual(
      [...table.entities].map((entity) => kb.entityIds.at(entity)),
      ["Q1", "Q2", "Q3", "Q4", "Q5"],
    );
    assertClose(table.priors, [0.7, 0.2, 0.1, 0.6, 0.4], 1e-6);
    assert.deepEqual([...table.labels], [15, 15, 15], "unknown labels share the last code");
    assert.equal(table.featureWidth, featurizer.columns.length);
    assert.equal(table.features.length, 5 * table.featureWidth);
    assert.ok(table.features.every(Number.isFinite));
  });

  it("gives a document the same numbers alone and among others, whichever came before", () => {
    const kb = tinyKb();
    const featurizer = featurizerOf({ kb, vocabulary });
    const docs = tinyDocs().train.map((doc) => withCandidates(doc, kb));
    const whole = featurizer.featurize(docs);
    let at = 0;
    for (const doc of docs) {
      const alone = featurizer.featurize([doc]);
      const width = whole.featureWidth;
      const [from, to] = [whole.rowStart[at] as number, whole.rowStart[at + alone.size] as number];
      assert.deepEqual(whole.features.subarray(from * width, to * width), alone.features, doc.doc.text);
      at += alone.size;
    }
  });
});

describe("incl_prior and incl_context", () => {
  const kb = tinyKb();
  const docs = tinyDocs().train;
  const memory = memoryOf(docs, kb, vocabulary);
  const setting = { kb, vocabulary, memory };
  const full = featurizerOf(setting);
  const mentions = docs.map((doc) => withCandidates(doc, kb));
  const scaling = fitScaling(full.featurize(mentions));
  const scaled = full.featurize(mentions, { scaling });
  /** The same candidates in the same order, all as likely and as frequent. */
  const evened = mentions.map((given) => ({
    ...given,
    mentions: given.mentions.map((mention) => {
      const { entities, ...rest } = mention.candidates;
      const priors = new Float32Array(entities.length).fill(1 / entities.length);
      const frequencies = new Float32Array(entities.length);
      return { ...mention, candidates: { ...rest, entities, priors, frequencies } };
    }),
  }));
  const scaledEvenly = full.featurize(evened, { scaling });
  /** Groups that weigh by priors without being about them. */
  const weighing = ["coherence", "memory"];

  for (const { option, source } of [
    { option: "inclPrior", source: "prior" },
    { option: "inclContext", source: "context" },
  ] as const) {
    const weighed = option === "inclPrior" ? "; those that weigh by priors weigh all alike" : "";
    it(`${option} off mutes the features that draw on ${source}, and no other${weighed}`, () => {
      const featurizer = featurizerOf({ ...setting, options: { ...LINKER_DEFAULTS, [option]: false } });
      const { features, featureWidth } = featurizer.featurize(mentions, { scaling });
      const isMuted = featurizer.muted;
      assert.ok(isMuted.includes(true) && isMuted.includes(false));
      featurizer.columns.forEach(({ group, name }, f) => {
        assert.equal(isMuted[f], FEATURE_GROUPS[group].source === source, name);
        const expected = option === "inclPrior" && weighing.includes(group) ? scaledEvenly : scaled;
        for (let at = f; at < features.length; at += featureWidth) {
          assert.equal(features[at], isMuted[f] ? 0 : expected.features[at], name);
        }
      });
    });
  }

  it("inclPrior off: no feature of any group changes when all priors are reversed", () => {
    const reversed = mentions.map((given) => ({
      ...given,
      mentions: given.mentions.map((mention) => {
        const { priors, frequencies, ...rest } = mention.candidates;
        const candidates = {
          ...rest,
          priors: priors.toReversed(),
          frequencies: frequencies.map((frequency) => 100 - frequency),
        };
        return { ...mention, candidates };
      }),
    }));
    const featuresOf = (inclPrior: boolean, docs: typeof mentions): Float32Array =>
      featurizerOf({ ...setting, options: { inclPrior } }).featurize(docs, { scaling }).features;
    assert.deepEqual(featuresOf(false, reversed), featuresOf(false, mentions));
    const [before, after] = [featuresOf(true, mentions), featuresOf(true, reversed)];
    for (const group of ["prior", "frequency", ...weighing]) {
      const isOther = (value: number, at: number): boolean =>
        full.columns[at % full.columns.length]?.group === group && value !== before[at];
      assert.ok(after.some(isOther), `${group} reads priors`);
    }
  });

  it("take the priors, the context and the document's words out as well", () => {
    const without = (options: object): MentionTable =>
      featurizerOf({ ...setting, options }).featurize(mentions, { scaling });
    const noPrior = without({ inclPrior: false });
    assert.ok(noPrior.priors.every((prior) => prior === 0) && noPrior.context.some((word) => word > 0));
    const noContext = without({ inclContext: false });
    assert.ok(noContext.priors.some((prior) => prior > 0));
    assert.ok(
      noContext.context.every((word) => word === 0) && noContext.documentRows.every((word) => word === 0),
    );
  });
});

describe("scaling", () => {
  const table = (features: number[], featureWidth: number): MentionTable =>
    ({ features: Float32Array.from(features), featureWidth }) as MentionTable;

  it("standardises by mean and deviation, and does not blow up what hardly varies", () => {
    const some = table([1, 5, 0.01, 3, 5, 0.02], 3);
    const scaling = fitScaling(some);
    assertClose(scaling.mean, [2, 5, 0.015], 1e-6);
    assertClose(scaling.scale, [1, 0.05, 0.05], 1e-6);
    applyScaling(some, scaling, [false, false, false]);
    assertClose(some.features, [-1, 0, -0.1, 1, 0, 0.1], 1e-5);
  });

  it("sets muted columns to 0", () => {
    const some = table([1, 5, 3, 7], 2);
    applyScaling(some, fitScaling(some), [true, false]);
    assertClose(some.features, [0, -1, 0, 1], 1e-6);
  });

  it("of nothing is nothing", () => {
    assert.deepEqual(fitScaling(table([], 2)), {
      mean: Float32Array.of(0, 0),
      scale: Float32Array.of(0.05, 0.05),
    });
    assert.equal(fitScaling(table([], 0)).mean.length, 0);
  });
});
