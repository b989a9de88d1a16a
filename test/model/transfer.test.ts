import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { bindModel } from "../../src/linker/bound-model.js";
import { type Config, linkerOptions, modelOptions } from "../../src/linker/config.js";
import { featureColumns } from "../../src/model/features/groups.js";
import { Lexicon } from "../../src/model/lexicon.js";
import { makeRandom } from "../../src/model/random.js";
import { startingWeights } from "../../src/model/starting-weights.js";
import {
  type TransferSource,
  transferScaling,
  transferWeights,
  type WeightMeaning,
} from "../../src/model/transfer.js";
import { Vocabulary } from "../../src/model/vocabulary.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import { cloneWeights, type Weights } from "../../src/tensor/weights.js";
import { trainableMentions } from "../../src/training/loop.js";
import { assertClose, tinyConfig, tinyDocs, tinyKb } from "../fixtures.js";
import { withCandidates } from "./feature-rows.js";
import { tinyModel } from "./tiny-model.js";

const kb = tinyKb();

interface Names {
  readonly model?: Partial<Config["model"]>;
  /** The first `embedded` of them have an embedding. */
  readonly words?: readonly string[];
  readonly embedded?: number;
  readonly buckets?: number;
  readonly labels?: readonly string[];
  readonly types?: readonly string[];
}

/** What a model's weights mean; widths are the fixtures': context 8, types 6, vectors 6. */
function meaningOf({
  model = {},
  words = [],
  embedded = words.length,
  buckets = 4,
  ...names
}: Names): WeightMeaning {
  const options = { ...modelOptions(tinyConfig({ model })), hashBuckets: buckets };
  const vocabulary = new Vocabulary(words, new Int32Array(words.length).fill(1), 100, embedded, buckets);
  return { options, vocabulary, labels: names.labels ?? [], types: names.types ?? [] };
}

function weightsOf({ options, vocabulary }: WeightMeaning, seed: string): Weights {
  const lexicon = new Lexicon(vocabulary, kb.terms, kb.getSizeEntities());
  const weights = startingWeights(options, lexicon, makeRandom(seed));
  const random = makeRandom(seed, "no zeros");
  for (const { values } of weights.values()) values.set(values.map((value) => value + 0.1 * random.normal()));
  return weights;
}

function sourceOf(meaning: WeightMeaning, ...members: readonly Weights[]): TransferSource {
  const columns = featureColumns(meaning.options.features, meaning.options.relativeFeatures).length;
  const scaling = { mean: new Float32Array(columns), scale: new Float32Array(columns) };
  return { ...meaning, members, scaling };
}

const OWN = -1;

/** For each row of one of our weights the row of theirs that it became at share 1; OWN where it stayed as it was. */
function rowsFrom(name: string, ours: Names, theirs: Names): number[] {
  const [meaning, other] = [meaningOf(ours), meaningOf(theirs)];
  const weights = weightsOf(meaning, "ours");
  const source = weightsOf(other, "theirs");
  for (const { values } of weights.values()) values.fill(OWN);
  for (const { values, shape } of source.values()) {
    const width = values.length / (shape[0] as number);
    values.set(values.map((_, i) => Math.floor(i / width)));
  }
  transferWeights(weights, meaning, { source: sourceOf(other, source), share: 1 });
  const { values, shape } = weights.get(name) as { values: Float32Array; shape: readonly number[] };
  const width = values.length / (shape[0] as number);
  return Array.from({ length: shape[0] as number }, (_, row) => {
    const own = values.subarray(row * width, (row + 1) * width);
    assert.deepEqual([...new Set(own)].length, 1, "a row moves whole");
    return own[0] as number;
  });
}

const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);

describe("transferWeights: words", () => {
  it("that have an embedding in both are the same word, others stay their own", () => {
    // Row 0 is padding. Theirs: cat 1, ant 2, cow counted only, hash buckets from 3.
    const ours: Names = { words: ["ant", "bee", "cat", "cow"] };
    const theirs: Names = { words: ["cat", "ant", "cow"], embedded: 2 };
    const expected = [0, 2, OWN, 1, OWN, ...upTo(4, 3)];
    assert.deepEqual(rowsFrom("embeddings", ours, theirs), expected);
    assert.deepEqual(rowsFrom("salience", ours, theirs), expected);
  });

  it("in hash buckets keep their bucket where there are as many, else all buckets are their own", () => {
    const [ours, theirs]: Names[] = [{ words: ["ant"], embedded: 0 }, { words: ["ant", "bee"] }];
    assert.deepEqual(rowsFrom("embeddings", ours as Names, theirs as Names), [0, ...upTo(4, 3)]);
    assert.deepEqual(rowsFrom("embeddings", ours as Names, { ...theirs, buckets: 5 }), [
      0,
      OWN,
      OWN,
      OWN,
      OWN,
    ]);
  });
});

describe("transferWeights: features", () => {
  // frequency has 2 columns, prior 8; minus their best they stand once more behind all of them.
  const frequency: Names = { model: { features: ["frequency"], relative_features: false } };
  const both: Names = { model: { features: ["prior", "frequency"], relative_features: false } };
  const relative: Names = { model: { features: ["frequency", "prior"], relative_features: true } };

  it("are the same by name, wherever their groups stand", () => {
    assert.deepEqual(rowsFrom("skip_features", frequency, both), [8, 9]);
    assert.deepEqual(rowsFrom("skip_features", both, frequency), [...Array(8).fill(OWN), 0, 1]);
    assert.deepEqual(rowsFrom("skip_features", both, relative), [...upTo(8, 2), 0, 1]);
    assert.deepEqual(rowsFrom("skip_features", relative, both), [8, 9, ...upTo(8), ...Array(10).fill(OWN)]);
  });

  it("are found among the card's other rows, which stay what they are", () => {
    // types 6, description 6, prior 1, features, product 6, similarities 4; unnamed types are "other", row 5
    const types = Array(6).fill(5);
    const card = [...types, ...upTo(7, 6)];
    assert.deepEqual(rowsFrom("hidden_row", frequency, both), [
      ...card,
      13 + 8,
      13 + 9,
      ...upTo(10, 13 + 10),
    ]);
    assert.deepEqual(rowsFrom("hidden_row", both, frequency), [
      ...card,
      ...Array(8).fill(OWN),
      13,
      14,
      ...upTo(10, 13 + 2),
    ]);
  });

  it("stand before interactions that the other may not have", () => {
    const plain: Names = { model: { ...frequency.model, interactions: false } };
    const card = [...Array(6).fill(5), ...upTo(7, 6), 13, 14];
    assert.deepEqual(rowsFrom("hidden_row", frequency, plain), [...card, ...Array(10).fill(OWN)]);
    assert.deepEqual(rowsFrom("hidden_row", plain, frequency), card);
    assert.deepEqual(rowsFrom("interaction", frequency, plain), Array(8).fill(OWN));
  });

  it("are found among what NIL's logit reads", () => {
    // context 8, standing 2, features, labels 6; unnamed labels are "other", the last row
    const [ours, theirs] = [rowsFrom("nil_hidden", frequency, both), rowsFrom("nil_hidden", both, frequency)];
    assert.deepEqual(ours, [...upTo(10), 10 + 8, 10 + 9, ...Array(6).fill(10 + 10 + 5)]);
    assert.deepEqual(theirs, [...upTo(10), ...Array(8).fill(OWN), 10, 11, ...Array(6).fill(10 + 2 + 5)]);
    const without: Names = { model: { ...both.model, nil_logit: false } };
    assert.deepEqual(rowsFrom("nil_hidden", both, without), Array(8 + 2 + 10 + 6).fill(OWN));
  });
});

describe("transferWeights: types and labels", () => {
  // Six codes, the last of which is "other".
  const ours: Names = { types: ["GPE", "FOOD", "PERSON"], labels: ["PER", "LOC"] };
  const theirs: Names = { types: ["PERSON", "GPE", "ORG"], labels: ["ORG", "LOC", "PER"] };
  const typeRows = [1, 5, 0, 5, 5, 5];
  const labelRows = [2, 1, 5, 5, 5, 5];

  it("are the same by name; a name that the other does not know is its other", () => {
    assert.deepEqual(rowsFrom("hidden_row", ours, theirs).slice(0, 6), typeRows);
    assert.deepEqual(rowsFrom("nil_hidden", ours, theirs).slice(-6), [
      ...labelRows.map((row) => rowsFrom("nil_hidden", ours, theirs).length - 6 + row),
    ]);
  });

  it("are so together in the table of labels and types", () => {
    const expected = labelRows.flatMap((label) => typeRows.map((type) => 6 * label + type));
    assert.deepEqual(rowsFrom("label_types", ours, theirs), expected);
  });
});

describe("transferWeights: share", () => {
  const names = ["A", "B", "C", "D", "E"]; // all six codes with "other" mean themselves
  const meaning = meaningOf({ words: ["ant"], types: names, labels: names });
  const [own, given] = [weightsOf(meaning, "own"), weightsOf(meaning, "given")];

  function moved(share: number, ...members: readonly Weights[]): Weights {
    const weights = cloneWeights(own);
    transferWeights(weights, meaning, { source: sourceOf(meaning, ...members), share });
    return weights;
  }

  it("0 leaves everything, 1 takes everything, a half stands between", () => {
    const [none, half, all] = [moved(0, given), moved(0.5, given), moved(1, given)];
    for (const [name, { values }] of own) {
      const other = given.get(name)?.values as Float32Array;
      assert.notDeepEqual(values, other, name);
      assert.deepEqual(none.get(name)?.values, values, name);
      assertClose(all.get(name)?.values as Float32Array, other, 1e-6, name);
      const expected = values.map((value, i) => (value + (other[i] as number)) / 2);
      assertClose(half.get(name)?.values as Float32Array, expected, 1e-6, name);
    }
  });

  it("is of the first of several members", () => {
    assert.deepEqual(moved(1, given, own), moved(1, given));
  });

  it("leaves what the other lacks, at whatever share", () => {
    assert.deepEqual(moved(1, new Map()), own);
    assert.deepEqual(moved(1), own);
  });
});

describe("transferWeights: widths", () => {
  it("must be the same; the error says what was found and expected", () => {
    const theirs = meaningOf({});
    const source = sourceOf(theirs, weightsOf(theirs, "theirs"));
    for (const [key, config] of [
      ["contextWidth", "context_width"],
      ["typeWidth", "type_width"],
      ["entityVectorLength", "entity_vector_length"],
      ["embeddingWidth", "embedding_width"],
      ["hiddenWidth", "hidden_width"],
      ["contextTokens", "context_tokens"],
    ] as const) {
      const ours = meaningOf({ model: { [config]: 9 } });
      const weights = weightsOf(ours, "ours");
      const untouched = cloneWeights(weights);
      assert.throws(() => transferWeights(weights, ours, { source, share: 1 }), {
        code: "L512",
        message: new RegExp(`\\bmodel\\.${config} ${theirs.options[key]}\\b.*\\b9\\b`),
      });
      assert.deepEqual(weights, untouched);
    }
  });

  it("of documents and descriptions, in words, may be others", () => {
    const theirs = meaningOf({});
    const ours = meaningOf({ model: { document_tokens: 9, description_tokens: 9 } });
    const weights = weightsOf(ours, "ours");
    transferWeights(weights, ours, { source: sourceOf(theirs, weightsOf(theirs, "theirs")), share: 1 });
    assert.deepEqual(weights.get("position"), weightsOf(theirs, "theirs").get("position"));
  });
});

describe("transferScaling", () => {
  const ours = meaningOf({ model: { features: ["frequency"], relative_features: true } });
  const theirs = meaningOf({ model: { features: ["prior", "frequency"], relative_features: false } });
  const scaling = { mean: Float32Array.of(1, 2, 3, 4), scale: Float32Array.of(0.5, 0.25, 1, 2) };
  const source: TransferSource = {
    ...sourceOf(theirs),
    scaling: {
      mean: Float32Array.from(upTo(10)),
      scale: Float32Array.from(upTo(10), (i) => i / 2),
    },
  };

  it("moves each feature towards its like, and leaves those that the other lacks", () => {
    // The two columns of frequency are 8 and 9 there; minus their best they aren't there.
    const all = transferScaling(scaling, ours, { source, share: 1 });
    assert.deepEqual(
      [[...all.mean], [...all.scale]],
      [
        [8, 9, 3, 4],
        [4, 4.5, 1, 2],
      ],
    );
    const half = transferScaling(scaling, ours, { source, share: 0.5 });
    assert.deepEqual(
      [[...half.mean], [...half.scale]],
      [
        [4.5, 5.5, 3, 4],
        [2.25, 2.375, 1, 2],
      ],
    );
    assert.deepEqual(transferScaling(scaling, ours, { source, share: 0 }), scaling);
  });

  it("leaves the scaling that it was given", () => {
    transferScaling(scaling, ours, { source, share: 1 });
    assert.deepEqual([...scaling.mean, ...scaling.scale], [1, 2, 3, 4, 0.5, 0.25, 1, 2]);
  });
});

describe("a model with everything from another one", () => {
  let backend: Backend;
  before(async () => {
    backend = await loadBackend("wasm");
  });

  it("scores as that one does, though words, features, types and labels have other places", () => {
    const { data, weights } = tinyModel(backend);
    const { model: options, vocabulary, types, labels } = data;
    const docs = tinyDocs().dev.map((doc) => withCandidates(doc, kb));
    const mentions = trainableMentions(data.dev, options);
    const embedded = vocabulary.words.slice(0, vocabulary.size);
    const ours: WeightMeaning = {
      options: { ...options, features: [...options.features].reverse() },
      vocabulary: new Vocabulary(
        [...embedded.reverse(), ...vocabulary.words.slice(vocabulary.size)],
        Int32Array.from([
          ...vocabulary.passageCounts.slice(0, vocabulary.size).reverse(),
          ...vocabulary.passageCounts.slice(vocabulary.size),
        ]),
        vocabulary.passages,
        vocabulary.size,
        vocabulary.hashBuckets,
      ),
      types: [...types].reverse(),
      labels: [...labels].reverse(),
    };
    const source = { options, vocabulary, types, labels, members: [weights], scaling: data.scaling };
    const scoresOf = (
      { options: own, ...meaning }: WeightMeaning,
      member: Weights,
      scaling = data.scaling,
    ) => {
      const learned = { ...meaning, options: own, members: [member], scaling };
      const settings = linkerOptions(tinyConfig());
      const { featurizer, model } = bindModel(learned, tinyKb(), settings, backend);
      const table = featurizer.featurize(docs, { scaling });
      return model.score(table, mentions).logits;
    };
    const moved = weightsOf(ours, "ours");
    const before = scoresOf(ours, cloneWeights(moved));
    transferWeights(moved, ours, { source, share: 1 });
    const start = { mean: data.scaling.mean.slice().fill(5), scale: data.scaling.scale.slice().fill(3) };
    const scaling = transferScaling(start, ours, { source, share: 1 });
    const expected = scoresOf(source, weights);
    assertClose(scoresOf(ours, moved, scaling), expected, 1e-4);
    assert.ok(before.some((logit, i) => Math.abs(logit - (expected[i] as number)) > 0.1));
  });
});
