import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Gpu, isWebGpuInstalled, openGpu } from "../src/tensor/gpu.js";

/** A test that needs a GPU, or SwiftShader: where neither can be had, it is skipped with the reason. */
export function onGpu(test: (gpu: Gpu) => Promise<void>): (t: TestContext) => Promise<void> {
  return async (t) => {
    let gpu: Gpu;
    try {
      gpu = await openGpu();
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      assert.equal(code, isWebGpuInstalled() ? "L303" : "L302", message);
      return t.skip(message);
    }
    await test(gpu);
  };
}
