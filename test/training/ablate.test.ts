import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { linkerFrom } from "../../src/linker/bundle.js";
import type { Config } from "../../src/linker/config.js";
import { evaluate } from "../../src/scoring/evaluation.js";
import { spreadOf } from "../../src/scoring/spread.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import { type AblatedPart, type AblateOptions, type Ablation, ablate } from "../../src/training/ablate.js";
import { trainOn } from "../../src/training/train.js";
import { assertClose, tinyConfig, tinyDocs, tinyKb } from "../fixtures.js";

let backend: Backend;
before(async () => {
  backend = await loadBackend("wasm");
});

const config = (model: Partial<Config["model"]>, training: Partial<Config["training"]> = {}): Config =>
  tinyConfig({ model, training: { max_epochs: 2, ...training } });

const ablated = (own: Config, options: AblateOptions = {}): Promise<Ablation> =>
  ablate(own, { kb: tinyKb(), ...tinyDocs() }, backend, options);

const namesOf = ({ parts }: Ablation): string[] => parts.map(({ part }) => part);

/** Accuracies, all and ambiguous, of a model that is trained by hand for each seed. */
async function trained(
  own: Config,
  seeds: readonly number[],
): Promise<{ all: number[]; ambiguous: number[] }> {
  const scores: { all: number[]; ambiguous: number[] } = { all: [], ambiguous: [] };
  for (const seed of seeds) {
    const ofSeed = { ...own, training: { ...own.training, seed } };
    const bundle = await trainOn(ofSeed, { kb: tinyKb(), ...tinyDocs() }, backend);
    const { accuracy, accuracy_ambiguous } = await evaluate(linkerFrom(bundle, backend), tinyDocs().dev);
    scores.all.push(accuracy);
    scores.ambiguous.push(accuracy_ambiguous);
  }
  return scores;
}

describe("ablate", () => {
  const FULL = { features: ["prior", "overlap"] } satisfies Partial<Config["model"]>;
  const SEEDS = [3, 4];
  let ablation: Ablation;
  before(async () => {
    ablation = await ablated(config(FULL, { seed: 3 }), { seeds: 2 });
  });

  it("has a row for each group of features and each switch that is on", () => {
    assert.deepEqual(namesOf(ablation), [
      "features: prior",
      "features: overlap",
      "relative_features",
      "interactions",
      "skip",
      "label_types",
      "nil_logit",
    ]);
  });

  it("has none for what the model does without already", async () => {
    const own = config(
      { features: ["overlap"], skip: false, label_types: false, nil_logit: false },
      { max_epochs: 1 },
    );
    assert.deepEqual(namesOf(await ablated(own, { seeds: 1 })), [
      "features: overlap",
      "relative_features",
      "interactions",
    ]);
  });

  it("has the full model's scores", async () => {
    const { all, ambiguous } = await trained(config(FULL), SEEDS);
    assert.deepEqual(ablation.full, { accuracy: spreadOf(all), accuracy_ambiguous: spreadOf(ambiguous) });
  });

  for (const [part, model] of [
    ["features: prior", { features: ["overlap"] }],
    ["features: overlap", { features: ["prior"] }],
    ["interactions", { ...FULL, interactions: false }],
    ["nil_logit", { ...FULL, nil_logit: false }],
  ] as const) {
    it(`says what ${part} brings: the full model less the one without it, seed by seed`, async () => {
      const full = await trained(config(FULL), SEEDS);
      const without = await trained(config({ ...model, features: [...model.features] }), SEEDS);
      const found = ablation.parts.find((own) => own.part === part) as AblatedPart;
      const expected = spreadOf(full.all.map((accuracy, i) => accuracy - (without.all[i] as number)));
      const ambiguous = spreadOf(
        full.ambiguous.map((accuracy, i) => accuracy - (without.ambiguous[i] as number)),
      );
      assertClose([found.accuracy.mean, found.accuracy.sd], [expected.mean, expected.sd], 1e-12);
      assertClose(
        [found.accuracy_ambiguous.mean, found.accuracy_ambiguous.sd],
        [ambiguous.mean, ambiguous.sd],
        1e-12,
      );
    });
  }

  it("finds parts that matter here", () => {
    const brings = new Set(ablation.parts.map(({ accuracy }) => accuracy.mean));
    assert.ok(brings.size > 2, [...brings].join(", "));
  });

  it("trains one seed at a time, whatever the config says, and tells how many runs are done", async () => {
    const done: string[] = [];
    const own = config(
      { features: ["prior"], relative_features: false, interactions: false },
      { seed: 5, seeds: 2 },
    );
    const alone = { ...own, training: { ...own.training, seeds: 1 } };
    const [five] = (await trained(alone, [5])).all;
    const [fiveAndSix] = (await trained(own, [5])).all;
    assert.notEqual(fiveAndSix, five);
    const found = await ablated(own, { seeds: 1, onRun: (count, of) => done.push(`${count} of ${of}`) });
    assert.deepEqual(done, ["1 of 5", "2 of 5", "3 of 5", "4 of 5", "5 of 5"]);
    assert.deepEqual(found.full.accuracy, { mean: five, sd: 0 });
    assert.deepEqual(found, await ablated(alone, { seeds: 1 }));
  });

  it("stops at an abort signal", async () => {
    const controller = new AbortController();
    const options = { onRun: () => controller.abort(), signal: controller.signal };
    await assert.rejects(ablated(config(FULL), options), { name: "AbortError" });
  });
});
