import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { REAL_CONSTANTS } from "../../../../src/training/gpu/constants.js";
import { DeviceMemory } from "../../../../src/training/gpu/device-memory.js";
import { adam } from "../../../../src/training/gpu/kernels/optimizer.js";
import { Program } from "../../../../src/training/gpu/program.js";
import { SCRATCH } from "../../../../src/training/gpu/scratch.js";
import { onGpu } from "../../../on-gpu.js";

/** More numbers of either kind than the lanes of all workgroups take at once. */
const DENSE = 40_000;
const ROWS = 11_000;
const EMBEDDING = 3;
const SALIENCE = DENSE + ROWS * EMBEDDING;
const WEIGHTS = SALIENCE + ROWS;
const LONGEST = 3;

/** Whole numbers, whose squares are summed without rounding; those of rows that nothing touches are large. */
function gradientsOf(touched: Int32Array): Float32Array<ArrayBuffer> {
  const gradients = new Float32Array(WEIGHTS).fill(1000);
  for (let i = 0; i < DENSE; i++) gradients[i] = (i % 5) - 2;
  for (const row of touched) {
    for (let j = 0; j < EMBEDDING; j++) gradients[DENSE + row * EMBEDDING + j] = (row + j) % 3;
    gradients[SALIENCE + row] = 1;
  }
  return gradients;
}

describe("the optimizer's kernels", () => {
  it(
    "measure a gradient of more numbers than they take at once",
    onGpu(async ({ device }) => {
      const touched = Int32Array.from({ length: ROWS >> 1 }, (_, i) => 2 * i + 1);
      const gradients = gradientsOf(touched);
      const kernels = adam({ averages: false }).filter(({ name }) => /squares|length/.test(name));
      const { squares = "", shorten = "" } = SCRATCH;
      const program = await Program.compile(device, kernels, {
        wholeConstants: { DENSE, EMBEDDING, EMBEDDINGS: DENSE, SALIENCE, WEIGHTS },
        realConstants: REAL_CONSTANTS,
        ints: ["touched_rows"],
        floats: [],
        scratch: { squares, shorten },
        weights: new Map(),
      });
      const sizes = { mentions: 0, rows: 0, entities: 0, words: 0, touched: touched.length, chunks: 0 };
      const { places, length } = program.scratchOf(sizes);
      const memory = new DeviceMemory(device, program.uniformBytes);
      memory.upload("ints", touched);
      memory.upload("gradients", gradients);
      memory.reserve("scratch", length);
      const rates = { rate: 0, keep: 1, longest: LONGEST, remembered: 0 };
      memory.setUniform(program.uniform(sizes, rates, new Map([...places, ["touched_rows", 0]])));
      const encoder = device.createCommandEncoder();
      program.encode(encoder, program.bindGroup(memory.uniform, memory.storage), sizes);
      device.queue.submit([encoder.finish()]);
      const [found] = await memory.read("scratch", places.get("shorten") as number, 1);
      memory.destroy();

      let sum = 0;
      for (const gradient of gradients) if (gradient < 1000) sum += gradient ** 2;
      const expected = LONGEST / Math.sqrt(sum);
      assert.equal(kernels.length, 2);
      assert.ok(Math.abs((found as number) - expected) < 2e-6 * expected, `${found}, not ${expected}`);
    }),
  );
});
