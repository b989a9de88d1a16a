import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Scalar } from "@tensorflow/tfjs-core";
import { type BackendName, loadBackend } from "../../src/tensor/backend.js";
import { isInstalled } from "../../src/tensor/native-backend.js";

/** The losses of a small net over ten steps of gradient descent. */
async function losses(name: BackendName): Promise<number[]> {
  const { tf } = await loadBackend(name);
  const wave = (count: number, step: number) =>
    Float32Array.from({ length: count }, (_, i) => Math.sin(i * step));
  const x = tf.tensor2d(wave(60, 0.7), [12, 5]);
  const y = tf.tensor2d(wave(12, 1.3), [12, 1]);
  const hidden = tf.tidy(() => tf.variable(tf.tensor2d(wave(40, 2.1), [5, 8])));
  const output = tf.tidy(() => tf.variable(tf.tensor2d(wave(8, 0.3), [8, 1])));
  const optimizer = tf.train.sgd(0.05);
  const loss = () =>
    tf.mean<Scalar>(tf.squaredDifference(y, tf.matMul(tf.relu(tf.matMul(x, hidden)), output)));
  const found: number[] = [];
  for (let step = 0; step < 10; step++) {
    found.push(tf.tidy(() => optimizer.minimize(loss, true)?.dataSync()[0] ?? Number.NaN));
  }
  optimizer.dispose();
  tf.dispose([x, y, hidden, output]);
  return found;
}

function assertSameLosses(found: number[], expected: number[]): void {
  assert.ok((expected.at(-1) as number) < (expected[0] as number), "the reference learns");
  for (let i = 0; i < expected.length; i++) {
    assert.ok(
      Math.abs((found[i] as number) - (expected[i] as number)) < 1e-5,
      `step ${i}: ${found} / ${expected}`,
    );
  }
}

describe("loadBackend", () => {
  it("makes the named backend the active one, again and again", async () => {
    for (const name of ["wasm", "cpu", "wasm"] as const) {
      const backend = await loadBackend(name);
      assert.equal(backend.name, name);
      assert.equal(backend.tf.getBackend(), name);
    }
  });

  it("refuses a name that it doesn't know, and says which there are", async () => {
    await assert.rejects(loadBackend("webgl" as BackendName), {
      code: "L301",
      message: /"webgl": expected one of auto, tfjs-node-gpu, tfjs-node, wasm, cpu/,
    });
  });

  it("leaves no tensor behind", async () => {
    const { tf } = await loadBackend("wasm");
    await losses("wasm");
    const { numTensors } = tf.memory();
    await losses("wasm");
    assert.equal(tf.memory().numTensors, numTensors);
  });

  it("wasm trains as cpu does", async () => {
    assertSameLosses(await losses("wasm"), await losses("cpu"));
  });

  for (const name of ["tfjs-node", "tfjs-node-gpu"] as const) {
    it(`${name}, where missing, is refused with the way to get it`, {
      skip: isInstalled(name) && `${name} is installed`,
    }, async () => {
      const message = new RegExp(`${name} is not installed.*npm install @tensorflow/${name}@`);
      await assert.rejects(loadBackend(name), { code: "L302", message });
    });
  }

  it("tfjs-node trains as cpu does, and auto takes it", {
    skip: !isInstalled("tfjs-node") && "tfjs-node is not installed",
  }, async () => {
    assertSameLosses(await losses("tfjs-node"), await losses("cpu"));
    if (!isInstalled("tfjs-node-gpu")) assert.equal((await loadBackend("auto")).name, "tfjs-node");
  });

  it("auto takes wasm without the native packages", {
    skip: (isInstalled("tfjs-node") || isInstalled("tfjs-node-gpu")) && "a native package is installed",
  }, async () => {
    assert.equal((await loadBackend("auto")).name, "wasm");
    assert.equal((await loadBackend()).name, "wasm");
  });
});
