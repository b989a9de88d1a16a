import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { loadBackend, loadTrainingBackend } from "../../src/tensor/backend.js";
import { type Gpu, isWebGpuInstalled, openGpu } from "../../src/tensor/gpu.js";
import { onGpu } from "../on-gpu.js";

const missing = !isWebGpuInstalled();

/** Bytes of a buffer that no device makes. */
const TOO_MANY = 2 ** 40;

function refuseBuffer({ device }: Gpu): void {
  device.createBuffer({ size: TOO_MANY, usage: GPUBufferUsage.STORAGE });
}

/** Says on stderr why a buffer was refused: Dawn itself would say it on stdout. */
const REFUSED = `
import { setImmediate } from "node:timers/promises";
const { openGpu } = await import("${new URL("../../src/tensor/gpu.js", import.meta.url)}");
const gpu = await openGpu();
gpu.device.createBuffer({ size: ${TOO_MANY}, usage: GPUBufferUsage.STORAGE });
while (gpu.failure() === undefined) await setImmediate();
console.error("refused: " + gpu.failure());
`;

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

  it(
    "is opened anew when it refused something, which the loss of the older one does not undo",
    onGpu(async (gpu) => {
      refuseBuffer(gpu);
      while (gpu.failure() === undefined) await setImmediate();
      assert.match(gpu.failure() as string, new RegExp(`^.*\\b${TOO_MANY}\\b.*$`), "in one line");
      const next = await openGpu();
      assert.notEqual(next, gpu);
      gpu.device.destroy();
      await gpu.device.lost;
      await setImmediate();
      assert.equal(await openGpu(), next);
      assert.equal(next.failure(), undefined);
    }),
  );

  it(
    "writes nothing to stdout when it refuses something",
    onGpu(async () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", REFUSED], {
        encoding: "utf8",
      });
      assert.equal(status, 0, stderr);
      assert.match(stderr, new RegExp(`^refused: .*\\b${TOO_MANY}\\b.*\n$`));
      assert.equal(stdout, "");
    }),
  );
});
