import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { each } from "../../../src/training/gpu/kernel.js";
import { type Names, Program } from "../../../src/training/gpu/program.js";
import { onGpu } from "../../on-gpu.js";

const NAMES: Names = {
  wholeConstants: { WIDTH: 3 },
  realConstants: {},
  ints: ["gold"],
  floats: ["features"],
  scratch: { sums: "rows * WIDTH", best: "mentions", out: "rows" },
  weights: new Map([["score", 0]]),
};
const SIZES = { mentions: 2, rows: 5, entities: 0, words: 0, touched: 0, chunks: 0 };

describe("Program", () => {
  it(
    "lays scratch arrays out one after the other",
    onGpu(async ({ device }) => {
      const program = await Program.compile(device, [], NAMES);
      const { places, length } = program.scratchOf(SIZES);
      assert.deepEqual(
        [...places],
        [
          ["sums", 0],
          ["best", 15],
          ["out", 17],
        ],
      );
      assert.equal(length, 22);
    }),
  );

  it(
    "refuses two arrays of one name",
    onGpu(async ({ device }) => {
      const twice = { ...NAMES, floats: ["best"] };
      await assert.rejects(Program.compile(device, [], twice), { name: "RangeError", message: /best/ });
    }),
  );

  it(
    "names a kernel that the driver refuses",
    onGpu(async ({ device }) => {
      const sound = each("sound kernel", "rows", "out[i] = 1.0;");
      const broken = each("broken kernel", "rows", "out[i] = missing;");
      device.pushErrorScope("validation"); // else the device counts as failed, and Dawn prints what it said
      await assert.rejects(Program.compile(device, [sound, broken], NAMES), /broken kernel/);
      assert.match((await device.popErrorScope())?.message ?? "", /missing/);
    }),
  );
});
