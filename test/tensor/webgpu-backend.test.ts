import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { MessageChannel, Worker } from "node:worker_threads";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import { matrix } from "../../src/tensor/matrix.js";
import { multiplyWith } from "../../src/tensor/multiply.js";
import { askThread, missingWebGpuPackages } from "../../src/tensor/webgpu-backend.js";

const missing = missingWebGpuPackages();

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

describe("askThread", () => {
  it("sleeps on when it is woken before the answer, and says what went wrong there", async () => {
    const answered = new Int32Array(new SharedArrayBuffer(4));
    const { port1: port, port2 } = new MessageChannel();
    const thread = new Worker(
      `const { port, answered } = require("node:worker_threads").workerData;
      port.on("message", () => {
        for (const begun = Date.now(); Date.now() - begun < 200; ) Atomics.notify(answered, 0);
        port.postMessage({ error: "lost" });
        Atomics.store(answered, 0, 1);
        Atomics.notify(answered, 0);
      });`,
      { eval: true, workerData: { port: port2, answered }, transferList: [port2] },
    );
    const question = { numbers: new Float32Array(0), left: [0, 0], right: [0, 0] } as const;
    assert.throws(() => askThread(question, { port, answered }), { code: "L305", message: /lost/ });
    await thread.terminate();
  });

  it("takes no late answer for that to a later question", async () => {
    const answered = new Int32Array(new SharedArrayBuffer(4));
    const { port1: port, port2 } = new MessageChannel();
    const thread = new Worker(
      `const { port, answered } = require("node:worker_threads").workerData;
      port.on("message", () => setTimeout(() => {
        port.postMessage({});
        Atomics.store(answered, 0, 1);
        Atomics.notify(answered, 0);
      }, 300));`,
      { eval: true, workerData: { port: port2, answered }, transferList: [port2] },
    );
    const question = { numbers: new Float32Array(0), left: [0, 0], right: [0, 0] } as const;
    assert.throws(() => askThread(question, { port, answered }, 50), { code: "L305", message: /no answer/ });
    assert.throws(() => askThread(question, { port, answered }), { code: "L305", message: /earlier/ });
    await thread.terminate();
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
});
