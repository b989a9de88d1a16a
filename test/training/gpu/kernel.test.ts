import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { makeRandom } from "../../../src/model/random.js";
import type { Gpu } from "../../../src/tensor/gpu.js";
import { DeviceMemory } from "../../../src/training/gpu/device-memory.js";
import {
  byLanes,
  columnSums,
  each,
  type Kernel,
  type Product,
  product,
} from "../../../src/training/gpu/kernel.js";
import type { Sizes } from "../../../src/training/gpu/notation.js";
import { Program } from "../../../src/training/gpu/program.js";
import { Staging } from "../../../src/training/gpu/staging.js";
import { assertClose } from "../../fixtures.js";
import "../../arbitraries.js";
import { onGpu } from "../../on-gpu.js";

const NO_SIZES: Sizes = { mentions: 0, rows: 0, entities: 0, words: 0, touched: 0, chunks: 0 };
const NO_RATES = { rate: 0, keep: 0, longest: 0, remembered: 0 };

/** What no kernel writes. */
const UNTOUCHED = -7;
const MARGIN = 200;
/** Stands behind each matrix: whoever reads it has it in the result. */
const BEHIND = new Float32Array(MARGIN).fill(Number.NaN);

type Run = (sizes: Partial<Sizes>, inputs?: Record<string, Float32Array>) => Promise<Float32Array>;

/** Compiles a kernel that writes `out`, as long as `count`; running it gives that. */
async function compiled({ device }: Gpu, kernel: Kernel, count: string): Promise<Run> {
  const program = await Program.compile(device, [kernel], {
    wholeConstants: { MARGIN },
    realConstants: {},
    ints: [],
    floats: ["left", "right"],
    scratch: { out: `${count} + MARGIN` },
    weights: new Map(),
  });
  const memory = new DeviceMemory(device, program.uniformBytes);
  return async (some, { left = new Float32Array(1), right = new Float32Array(1) } = {}) => {
    const sizes = { ...NO_SIZES, ...some };
    const floats = Staging.ofFloats();
    for (const [name, numbers] of Object.entries({ left, right })) {
      floats.put(name, numbers);
      floats.put("behind", BEHIND);
    }
    const { places, length } = program.scratchOf(sizes);
    memory.upload("floats", floats.all);
    memory.upload("scratch", new Float32Array(length).fill(UNTOUCHED));
    memory.setUniform(program.uniform(sizes, NO_RATES, new Map([...floats.places, ...places])));
    const encoder = device.createCommandEncoder();
    program.encode(encoder, program.bindGroup(memory.uniform, memory.storage), sizes);
    device.queue.submit([encoder.finish()]);
    const all = await memory.read("scratch", 0, length);
    assert.ok(
      all.subarray(length - MARGIN).every((number) => number === UNTOUCHED),
      "numbers behind the last",
    );
    return all.subarray(0, length - MARGIN);
  };
}

const size = fc.integer({ min: 1, max: 70 });

function randomNumbers(length: number, ...seed: readonly number[]): Float32Array {
  const random = makeRandom(...seed);
  return Float32Array.from({ length }, () => random.normal());
}

/** How matrices lie in memory, and where numbers of them stand. */
const LAYOUTS: Readonly<Record<string, Pick<Product, "left" | "right"> & Pick<Product, "transposed">>> = {
  "row by row": {
    left: "left[i * step.entities + k]",
    right: "right[k * step.words + j]",
  },
  "the left one column by column": {
    left: "left[k * step.rows + i]",
    right: "right[k * step.words + j]",
    transposed: "left",
  },
  "the right one column by column": {
    left: "left[i * step.entities + k]",
    right: "right[j * step.entities + k]",
    transposed: "right",
  },
};

describe("product", () => {
  for (const [title, layout] of Object.entries(LAYOUTS)) {
    const test = async (gpu: Gpu): Promise<void> => {
      const counts = { rows: "rows", columns: "words", inner: "entities" };
      const put = "out[i * step.words + j] = sum;";
      const kernel = product(title, { ...counts, ...layout, put });
      const multiply = await compiled(gpu, kernel, "rows * words");
      const byNumber = fc.asyncProperty(size, size, size, async (rows, inner, columns) => {
        const left = randomNumbers(rows * inner, rows, inner);
        const right = randomNumbers(inner * columns, inner, columns);
        const at = {
          left: (i: number, k: number) => left[layout.transposed === "left" ? k * rows + i : i * inner + k],
          right: (k: number, j: number) =>
            right[layout.transposed === "right" ? j * inner + k : k * columns + j],
        };
        const expected = Array.from({ length: rows * columns }, (_, place) => {
          const [i, j] = [Math.floor(place / columns), place % columns];
          let sum = 0;
          for (let k = 0; k < inner; k++) sum += (at.left(i, k) as number) * (at.right(k, j) as number);
          return sum;
        });
        const found = await multiply({ rows, words: columns, entities: inner }, { left, right });
        assertClose(found, expected, 1e-4, `${rows} x ${inner} x ${columns}`);
      });
      await fc.assert(byNumber, { numRuns: 30 });
    };
    it(`multiplies matrices that lie ${title}`, onGpu(test));
  }
});

describe("columnSums", () => {
  it(
    "sums any number of rows",
    onGpu(async (gpu) => {
      const kernel = columnSums("sums", {
        rows: "rows",
        columns: "words",
        element: "left[i * step.words + j]",
        to: "out[j]",
      });
      const sum = await compiled(gpu, kernel, "words");
      const property = fc.asyncProperty(fc.integer({ min: 0, max: 200 }), size, async (rows, columns) => {
        const left = randomNumbers(rows * columns, rows, columns);
        const expected = new Array<number>(columns).fill(0);
        left.forEach((number, place) => {
          expected[place % columns] = (expected[place % columns] as number) + number;
        });
        assertClose(await sum({ rows, words: columns }, { left }), expected, 1e-4, `${rows} x ${columns}`);
      });
      await fc.assert(property, { numRuns: 30 });
    }),
  );
});

/** Workgroups that one dimension holds. */
const IN_ONE_DIMENSION = 32768;

describe("each", () => {
  it(
    "runs for each place once, when one dimension of workgroups is not enough, and not for none",
    onGpu(async (gpu) => {
      const run = await compiled(gpu, each("places", "rows", "out[i] += f32(i % 1000) + 8;"), "rows");
      for (const rows of [0, 1, 65, IN_ONE_DIMENSION * 64 + 1]) {
        const found = await run({ rows });
        assert.equal(found.length, rows);
        assert.ok(found.every((number, i) => number === UNTOUCHED + 8 + (i % 1000)));
      }
    }),
  );
});

describe("byLanes", () => {
  it(
    "shares each place's work, when one dimension of workgroups is not enough",
    onGpu(async (gpu) => {
      const sums = "let sum = total(vec4f(f32(i), f32(lane), f32(lane * lane), 1), lane);";
      const put = "if (lane == 0) { out[i] += sum.x + sum.y + sum.z + sum.w; }";
      const run = await compiled(gpu, byLanes("sums", "rows", sums + put), "rows");
      const lanes = Array.from({ length: 64 }, (_, lane) => lane + lane * lane + 1);
      const ofLanes = lanes.reduce((sum, number) => sum + number, 0);
      for (const rows of [0, 1, IN_ONE_DIMENSION + 1]) {
        const found = await run({ rows });
        assert.equal(found.length, rows);
        assert.ok(found.every((number, i) => number === UNTOUCHED + 64 * i + ofLanes));
      }
    }),
  );
});
