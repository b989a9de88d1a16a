import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type BackendName, loadTrainingBackend } from "../../src/tensor/backend.js";
import { fit } from "../../src/training/loop.js";
import { newModel } from "../../src/training/members.js";
import { prepare } from "../../src/training/prepare.js";
import { stepsOn } from "../../src/training/steps-on.js";
import { tinyConfig, tinyDocs, tinyKb } from "../fixtures.js";

/** Losses of a tiny model's first steps. */
async function losses(name: BackendName, count: number): Promise<number[]> {
  const config = tinyConfig({ training: { max_epochs: 20, patience: 20 } });
  const data = prepare(config, { kb: tinyKb(), ...tinyDocs() });
  const found: number[] = [];
  const enough = new AbortController();
  const onStep = ({ loss }: { readonly loss: number }): void => {
    found.push(loss);
    if (found.length === count) enough.abort();
  };
  const backend = await loadTrainingBackend(name);
  const options = { makeStepper: stepsOn(backend), onStep, signal: enough.signal };
  const training = fit(newModel(1, data, backend), data, config.training, undefined, options);
  await assert.rejects(training, { name: "AbortError" });
  return found;
}

describe("a model trained for 20 steps has the losses of wasm", () => {
  for (const name of ["tfjs-node-gpu", "tfjs-node", "webgpu", "cpu"] as const) {
    it(`on ${name}`, async (t) => {
      const refused = await loadTrainingBackend(name).then(
        () => undefined,
        (error: { code?: string; message: string }) => error,
      );
      if (refused) {
        assert.match(refused.code ?? refused.message, /^L30[23]$/);
        return t.skip(refused.message);
      }
      const [found, expected] = [await losses(name, 20), await losses("wasm", 20)];
      assert.equal(found.length, 20);
      found.forEach((loss, step) => {
        const other = expected[step] as number;
        assert.ok(Math.abs(loss - other) < 1e-3, `step ${step + 1}: ${loss}, on wasm ${other}`);
      });
      assert.ok((expected[19] as number) < 0.7 * (expected[0] as number), "it has learned something");
    });
  }
});
