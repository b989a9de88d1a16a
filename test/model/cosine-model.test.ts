import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { memberMaker } from "../../src/linker/bound-model.js";
import type { Config } from "../../src/linker/config.js";
import { CosineModel } from "../../src/model/cosine-model.js";
import { Ensemble } from "../../src/model/ensemble.js";
import type { Gradients } from "../../src/model/gradients.js";
import { makeRandom } from "../../src/model/random.js";
import { startingWeights } from "../../src/model/starting-weights.js";
import type { Dropout } from "../../src/model/trainable-model.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import { multiplyWith } from "../../src/tensor/multiply.js";
import { targetsOf, trainableMentions } from "../../src/training/loop.js";
import { prepare, type TrainingData } from "../../src/training/prepare.js";
import { assertClose, tinyDocs } from "../fixtures.js";
import { cosineConfig, VECTOR_LENGTH, vectorKb } from "../vector-kb.js";

const NAMES = [
  "context_bias",
  "context_kernel",
  "embeddings",
  "position",
  "projection_bias",
  "projection_kernel",
  "salience",
  "sentence",
];

let backend: Backend;
before(async () => {
  backend = await loadBackend("wasm");
});

interface Setting {
  readonly kb: InMemoryLookupKB;
  readonly data: TrainingData;
  readonly model: CosineModel;
  /** Training mentions that teach something, and the places of their golds. */
  readonly mentions: Int32Array;
  readonly gold: Int32Array;
}

/** An untrained model, none of whose weights is zero. */
function setting(linker: Partial<Config["linker"]> = {}): Setting {
  const kb = vectorKb();
  const data = prepare(cosineConfig({ linker }), { kb, ...tinyDocs() });
  const random = makeRandom("cosine");
  const weights = startingWeights(data.model, data.featurizer.lexicon, random);
  for (const { values } of weights.values()) values.set(values.map((value) => value + 0.3 * random.normal()));
  const model = memberMaker({ ...data, options: data.model, multiply: multiplyWith(backend.tf) })(weights);
  assert.ok(model instanceof CosineModel);
  const mentions = trainableMentions(data.train, data.model);
  return { kb, data, model, mentions, gold: targetsOf(data.train, mentions) };
}

const lossOf = ({ model, data, mentions, gold }: Setting, dropout?: () => Dropout) =>
  model.lossAndGradients(data.train.table, mentions, gold, dropout?.());

const gradientOf = ({ sparse, dense }: Gradients, name: string): Float32Array =>
  sparse.get(name)?.values ?? (dense.get(name) as Float32Array);

/** Entity rows of a mention's candidates. */
function candidatesOf({ data }: Setting, mention: number): number[] {
  const { rowStart, entities } = data.train.table;
  return [...entities.subarray(rowStart[mention], rowStart[mention + 1])];
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
    Array.from(x).reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** The cosine of each mention's context and each candidate. */
function cosinesOf(one: Setting, mentions = one.mentions): number[][] {
  const contexts = one.model.encodeContexts(one.data.train.table, mentions);
  return Array.from(mentions, (mention, b) => {
    const context = contexts.subarray(b * VECTOR_LENGTH, (b + 1) * VECTOR_LENGTH);
    return candidatesOf(one, mention).map((entity) =>
      cosine(context, one.kb.getVector(one.kb.entityIds.at(entity))),
    );
  });
}

describe("CosineModel.lossAndGradients", () => {
  it("gives the finite differences of every weight, with dropout too", () => {
    const one = setting();
    const { weights } = one.model;
    assert.deepEqual([...weights.keys()].sort(), NAMES);
    const dropout = (): Dropout => ({ random: makeRandom(3), units: 0.25, words: 0.25 });
    const random = makeRandom("directions");
    for (const withDropout of [undefined, dropout]) {
      const { gradients } = lossOf(one, withDropout);
      const copies = new Map(NAMES.map((name) => [name, gradientOf(gradients, name).slice()]));
      for (const [name, { values }] of weights) {
        const gradient = copies.get(name) as Float32Array;
        const start = values.slice();
        const direction = values.map(() => random.normal());
        const at = (step: number): number => {
          values.set(start.map((value, i) => value + step * (direction[i] as number)));
          return lossOf(one, withDropout).loss;
        };
        const expected = (at(1e-3) - at(-1e-3)) / 2e-3;
        values.set(start);
        const found = gradient.reduce((sum, g, i) => sum + g * (direction[i] as number), 0);
        const length = Math.hypot(...gradient);
        assert.ok(length > 1e-4, `${name} matters`);
        const isClose = Math.abs(found - expected) <= 1e-3 + 0.02 * length;
        assert.ok(isClose, `${name}: found ${found}, expected ${expected}, gradient's length ${length}`);
      }
    }
  });

  it("is the mean of 1 - cosine of context and gold entity, single candidates too", () => {
    const one = setting();
    assert.ok(Array.from(one.mentions).some((mention) => candidatesOf(one, mention).length === 1));
    const losses = cosinesOf(one).map((cosines, b) => 1 - (cosines[one.gold[b] as number] as number));
    const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
    assertClose([lossOf(one).loss], [mean], 1e-4);
  });

  it("leaves out units of the context and words, each by its own share", () => {
    const one = setting();
    const loss = (units: number, words: number): number =>
      lossOf(one, () => ({ random: makeRandom(5), units, words })).loss;
    const usual = lossOf(one).loss;
    assertClose([loss(0, 0)], [usual], 1e-6);
    assert.ok(Math.abs(loss(0.5, 0) - usual) > 1e-3, "units");
    assert.ok(Math.abs(loss(0, 0.5) - usual) > 1e-3, "words");
  });

  it("learns nothing from a gold without a vector", () => {
    const one = setting();
    const first = one.mentions.subarray(0, 1);
    const run = (): { loss: number; gradients: Gradients } =>
      one.model.lossAndGradients(one.data.train.table, first, one.gold.subarray(0, 1));
    const embeddings = (): number => Math.hypot(...gradientOf(run().gradients, "embeddings"));
    assert.ok(embeddings() > 1e-4);
    const gold = candidatesOf(one, first[0] as number)[one.gold[0] as number] as number;
    one.kb.updateEntity(one.kb.entityIds.at(gold), { vector: new Float32Array(VECTOR_LENGTH) });
    assert.deepEqual([run().loss, embeddings()], [1, 0]);
  });

  it("teaches mentions whose gold is a candidate, and NIL not", () => {
    const { data, mentions } = setting();
    const places = Array.from(data.train.gold.keys()).filter((i) => (data.train.gold[i] as number) >= 0);
    assert.deepEqual([...mentions], places);
    assert.ok(places.length < data.train.gold.length);
  });
});

describe("CosineModel.score", () => {
  const everyRow = (one: Setting): number[][] => {
    const { logits, starts, areLogits } = one.model.score(one.data.train.table, one.mentions);
    assert.equal(areLogits, false);
    return Array.from(one.mentions, (mention, b) => {
      const row = [...logits.subarray(starts[b], starts[b + 1])];
      assert.equal(row.pop(), Number.NEGATIVE_INFINITY);
      assert.equal(row.length, candidatesOf(one, mention).length);
      return row;
    });
  };
  const priorsOf = ({ data }: Setting, mention: number): number[] => {
    const { rowStart, priors } = data.train.table;
    return [...priors.subarray(rowStart[mention], rowStart[mention + 1])];
  };

  it("is p + s - p s, and nothing for NIL", () => {
    const one = setting();
    const cosines = cosinesOf(one);
    const scores = everyRow(one);
    scores.forEach((row, b) => {
      const priors = priorsOf(one, one.mentions[b] as number);
      const expected = priors.map((p, c) => {
        const s = cosines[b]?.[c] as number;
        return p + s - p * s;
      });
      assertClose(row, expected, 1e-5, `mention ${b}`);
    });
    const { contextCosine } = one.model.score(one.data.train.table, one.mentions);
    assertClose(contextCosine, cosines.flat(), 1e-5);
  });

  it("is the cosine without priors, the prior without context", () => {
    const withoutPriors = setting({ incl_prior: false });
    assertClose(everyRow(withoutPriors).flat(), cosinesOf(withoutPriors).flat(), 1e-5);
    const withoutContext = setting({ incl_context: false });
    const priors = Array.from(withoutContext.mentions, (mention) => priorsOf(withoutContext, mention));
    assertClose(everyRow(withoutContext).flat(), priors.flat(), 1e-6);
  });

  it("reads the vectors that the knowledge base has now, and refuses to go on without", () => {
    const one = setting({ incl_prior: false });
    const before = everyRow(one).flat();
    one.kb.setVectors((one.kb.vectors as Float32Array).map((x) => -x));
    assertClose(
      everyRow(one).flat(),
      before.map((score) => -score),
      1e-5,
    );
    one.kb.dropVectors();
    assert.throws(() => everyRow(one), { code: "L409", message: /"cosine".* length 6, and found none/ });
  });

  it("of several members has the mean of their cosines", () => {
    const one = setting();
    const { kb, data } = one;
    const random = makeRandom("other");
    const weights = startingWeights(data.model, data.featurizer.lexicon, random);
    const other = memberMaker({ ...data, options: data.model, multiply: multiplyWith(backend.tf) })(
      weights,
    ) as CosineModel;
    const together = new Ensemble([one.model, other]).score(data.train.table, one.mentions);
    const cosines = [one, { ...one, model: other }].map((each) => cosinesOf(each).flat());
    const means = (cosines[0] as number[]).map((s, r) => (s + (cosines[1]?.[r] as number)) / 2);
    assertClose(together.contextCosine, means, 1e-5);
    const priors = Array.from(one.mentions, (mention) => priorsOf(one, mention)).flat();
    const found = [...together.logits].filter(Number.isFinite);
    assertClose(
      found,
      means.map((s, r) => s + (priors[r] as number) * (1 - s)),
      1e-5,
    );
    assert.equal(kb.entityVectorLength, VECTOR_LENGTH);
  });

  it("leaves no tensor behind", () => {
    const one = setting();
    const everything = (): void => {
      one.model.score(one.data.train.table, one.mentions);
      lossOf(one, () => ({ random: makeRandom(1), units: 0.2, words: 0.2 }));
    };
    everything();
    const { numTensors } = backend.tf.memory();
    everything();
    assert.equal(backend.tf.memory().numTensors, numTensors);
  });
});
