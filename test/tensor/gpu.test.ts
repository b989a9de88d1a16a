import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadBackend, loadTrainingBackend } from "../../src/tensor/backend.js";
import { isWebGpuInstalled, openGpu } from "../../src/tensor/gpu.js";
import { onGpu } from "../on-gpu.js";

const missing = !isWebGpuInstalled();

describe("webgpu where its package is missing", { skip: !missing && "webgpu is installed" }, () => {
  it("is refused with the way to get it", async () => {
    await assert.rejects(openGpu(), {
      code: "L302",
      message: /webgpu is not installed.*npm install webgpu /,
    });
  });

  it("leaves the active backend as it is", async () => {
    const { tf } = await loadBackend("cpu");
    await assert.rejects(loadTrainingBackend("webgpu"), { code: "L302" });
    assert.equal(tf.getBackend(), "cpu");
  });
});

describe("a GPU, or SwiftShader", () => {
  it(
    "stands beside wasm, which multiplies",
    onGpu(async (gpu) => {
      const backend = await loadTrainingBackend("webgpu");
      assert.equal(backend.name, "webgpu");
      assert.equal(backend.gpu, gpu);
      assert.equal(backend.tf.getBackend(), "wasm");
    }),
  );

  it(
    "has a name, buffers of more than the least that WebGPU promises, and what names their uses",
    onGpu(async (gpu) => {
      assert.match(gpu.name, /\w/);
      assert.ok(gpu.device.limits.maxBufferSize > 256 * 2 ** 20);
      const usage = GPUBufferUsage.COPY_DST;
      assert.equal(gpu.device.createBuffer({ size: 16, usage }).size, 16);
    }),
  );

  it(
    "is opened once, and anew when it was lost",
    onGpu(async (gpu) => {
      assert.equal(await openGpu(), gpu);
      gpu.device.destroy();
      await gpu.device.lost;
      const next = await openGpu();
      assert.notEqual(next.device, gpu.device);
    }),
  );
});
