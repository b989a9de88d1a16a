import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { readConfig } from "../../src/linker/config.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import { cloneWeights, type Weights } from "../../src/tensor/weights.js";
import { fit, scoresOn } from "../../src/training/loop.js";
import { newModel } from "../../src/training/members.js";
import { prepare } from "../../src/training/prepare.js";
import { train } from "../../src/training/train.js";
import { withAverages } from "../../src/training/with-averages.js";
import { assertClose, suiteFolder, tinyConfig, tinyDocs, tinyKb, writeCorpus } from "../fixtures.js";

const folder = suiteFolder();
const corpus = writeCorpus(folder);
let backend: Backend;
before(async () => {
  backend = await loadBackend("wasm");
});

describe("training.use_averages", () => {
  it("keeps running means of the weights over all steps, and scores those on dev", async () => {
    const config = tinyConfig({ training: { use_averages: true, max_epochs: 1, batch_size: 4 } });
    const data = prepare(config, { kb: tinyKb(), ...tinyDocs() });
    const model = newModel(1, data, backend);
    const means = cloneWeights(model.weights);
    let steps = 0;
    const onStep = (): void => {
      steps++;
      const keep = Math.min((1 + steps) / (10 + steps), 0.9999);
      for (const [name, { values }] of means) {
        const current = (model.weights.get(name) as { values: Float32Array }).values;
        values.forEach((mean, i) => {
          values[i] = keep * mean + (1 - keep) * (current[i] as number);
        });
      }
    };
    const { best, reports } = await fit(model, data, config.training, undefined, { onStep });
    assert.ok(steps > 3);
    for (const [name, { values }] of best.weights) {
      assertClose(values, (means.get(name) as { values: Float32Array }).values, 1e-6, name);
    }
    const scores = withAverages([model.weights], new Map<Weights, Weights>([[model.weights, means]]), () =>
      scoresOn(data.dev, model),
    );
    assert.equal(reports[0]?.accuracy, scores.accuracy);
  });

  it("goes on from a checkpoint as if nothing had happened", async () => {
    const overrides = { "training.use_averages": true, "training.max_epochs": 4, "training.patience": 4 };
    const config = readConfig(corpus.config, overrides);
    const [whole, stopped] = [join(folder, "whole"), join(folder, "stopped")];
    await train(config, { output: whole });
    const controller = new AbortController();
    const { signal } = controller;
    const onEpoch = ({ epoch }: { epoch: number }): void => {
      if (epoch === 2) controller.abort();
    };
    await assert.rejects(train(config, { output: stopped, signal, onEpoch }), { name: "AbortError" });
    await train(config, { output: stopped, resume: true });
    const weights = (output: string): Uint8Array => readFileSync(join(output, "weights.bin"));
    assert.deepEqual(weights(stopped), weights(whole));
  });
});
