import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { type Backend, type BackendName, loadBackend } from "../../src/tensor/backend.js";
import { matrix, multiplyWith } from "../../src/tensor/matrix.js";
import { missingWebGpuPackages } from "../../src/tensor/webgpu-backend.js";
import { fit } from "../../src/training/loop.js";
import { newModel } from "../../src/training/members.js";
import { prepare } from "../../src/training/prepare.js";
import { tinyConfig, tinyDocs, tinyKb } from "../fixtures.js";

const missing = missingWebGpuPackages();

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
  const model = newModel(1, data, await loadBackend(name));
  await assert.rejects(fit(model, data, config.training, undefined, { onStep, signal: enough.signal }), {
    name: "AbortError",
  });
  return found;
}

describe("webgpu", () => {
  it("where its packages are missing, is refused with the way to get them", {
    skip: missing.length === 0 && "webgpu is installed",
  }, async () => {
    await assert.rejects(loadBackend("webgpu"), {
      code: "L302",
      message: /webgpu is not installed.*npm install webgpu @tensorflow\/tfjs-backend-webgpu@/,
    });
  });
});

describe("webgpu on a GPU, or on SwiftShader", () => {
  let webgpu: Backend | undefined;
  let whyNot = "";
  before(async () => {
    if (missing.length > 0) whyNot = `${missing.join(", ")} not installed`;
    else
      webgpu = await loadBackend("webgpu").catch((error: { code?: string; message: string }) => {
        assert.equal(error.code, "L303", error.message);
        whyNot = error.message;
        return undefined;
      });
  });

  it("multiplies as wasm does, and leaves no tensor behind", async (t) => {
    if (!webgpu) return t.skip(whyNot);
    const wave = (rows: number, width: number) =>
      matrix(
        rows,
        width,
        Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i)),
      );
    const found: Float32Array[] = [];
    for (const name of ["webgpu", "wasm"] as const) {
      const { tf } = await loadBackend(name);
      const multiply = multiplyWith(tf);
      found.push(multiply(wave(5, 70), wave(70, 33)).values);
      found.push(multiply(wave(70, 5), wave(70, 33), "left").values);
      assert.equal(tf.memory().numTensors, 0);
      assert.equal(tf.backend().numDataIds(), 0);
    }
    for (const i of [0, 1])
      found[i]?.forEach((value, j) => {
        assert.ok(Math.abs(value - (found[i + 2]?.[j] as number)) < 1e-4);
      });
  });

  it("trains a model to the losses of wasm, 20 steps long", async (t) => {
    if (!webgpu) return t.skip(whyNot);
    const [found, expected] = [await losses("webgpu", 20), await losses("wasm", 20)];
    assert.equal(found.length, 20);
    found.forEach((loss, step) => {
      const other = expected[step] as number;
      assert.ok(Math.abs(loss - other) < 1e-3, `step ${step + 1}: ${loss}, on wasm ${other}`);
    });
    assert.ok((expected[19] as number) < 0.7 * (expected[0] as number), "it has learned something");
  });

  it("says what the device said of a product that it can't do", async (t) => {
    if (!webgpu) return t.skip(whyNot);
    const { tf } = await loadBackend("webgpu");
    const [left, right] = [matrix(1, 2), { values: new Float32Array(3), rows: 2, width: 2 }];
    assert.throws(() => multiplyWith(tf)(left, right));
    assert.deepEqual([...multiplyWith(tf)(matrix(2, 2), matrix(2, 2)).values], [0, 0, 0, 0]);
  });
});
