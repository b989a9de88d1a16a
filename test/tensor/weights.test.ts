import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  cloneWeights,
  fromHalf,
  roundToHalf,
  sizeOf,
  toHalf,
  type Weight,
  type WeightFormat,
  type Weights,
  weightsFromBytes,
  weightsToBytes,
} from "../../src/tensor/weights.js";
import { damaged, oddText } from "../arbitraries.js";
import { readOrRefused } from "../refusals.js";

/** A matrix, a vector and a name outside ASCII, which makes the header no multiple of four bytes long. */
function someWeights(): Weights {
  const wave = (count: number): Float32Array =>
    Float32Array.from({ length: count }, (_, i) => Math.sin(3 * i));
  return new Map([
    ["kernel", { shape: [5, 3], values: wave(15) }],
    ["bias-ü", { shape: [3], values: wave(3) }],
    ["column", { shape: [4, 1], values: wave(4) }],
  ]);
}

const through = (weights: Weights, format?: WeightFormat): Weights =>
  weightsFromBytes(weightsToBytes(weights, format), "w.bin");
const valuesOf = (weights: Weights, name: string): Float32Array => weights.get(name)?.values as Float32Array;

describe("weightsToBytes and weightsFromBytes", () => {
  it("keep names, their order, shapes and every bit as float32, the default", () => {
    assert.deepEqual([...through(someWeights())], [...someWeights()]);
    assert.deepEqual(weightsToBytes(someWeights()), weightsToBytes(someWeights(), "float32"));
  });

  it("as float16 keep matrices to 11 bits and vectors exactly, at nearly half the size", () => {
    const found = through(someWeights(), "float16");
    assert.deepEqual(
      valuesOf(found, "kernel"),
      valuesOf(someWeights(), "kernel").map((value) => fromHalf(toHalf(value))),
    );
    assert.notDeepEqual(valuesOf(found, "kernel"), valuesOf(someWeights(), "kernel"));
    assert.deepEqual(valuesOf(found, "bias-ü"), valuesOf(someWeights(), "bias-ü"));
    const large: Weights = new Map([["m", { shape: [100, 100], values: new Float32Array(10_000) }]]);
    assert.ok(weightsToBytes(large, "float16").length < 0.51 * weightsToBytes(large).length);
  });

  it("as uint8 keep each matrix row within half a step of its own range, ends and constants exactly", () => {
    const rows = [
      [-1, 1, 0.3, 0.1],
      [1000, 1001, 1000.5, 1000.1],
      [7, 7, 7, 7],
    ];
    const weights: Weights = new Map([["m", { shape: [3, 4], values: Float32Array.from(rows.flat()) }]]);
    const found = valuesOf(through(weights, "uint8"), "m");
    rows.forEach((row, r) => {
      const halfStep = (Math.max(...row) - Math.min(...row)) / 255 / 2;
      row.forEach((value, i) => {
        const difference = Math.abs((found[r * 4 + i] as number) - value);
        assert.ok(difference <= halfStep + 1e-4, `row ${r}: ${found[r * 4 + i]} for ${value}`);
      });
    });
    assert.deepEqual([...found.subarray(8)], rows[2]);
    assert.ok(Math.abs((found[0] as number) + 1) < 1e-6 && Math.abs((found[1] as number) - 1) < 1e-6);
  });

  it("read bytes that begin anywhere in a buffer, and share nothing with them", () => {
    const bytes = weightsToBytes(someWeights());
    const shifted = Buffer.alloc(bytes.length + 3);
    shifted.set(bytes, 3);
    const found = weightsFromBytes(shifted.subarray(3), "w.bin");
    shifted.fill(0);
    assert.deepEqual([...found], [...someWeights()]);
  });

  it("keep no weights at all", () => {
    assert.equal(through(new Map()).size, 0);
  });

  const refused = (bytes: Uint8Array, found: RegExp): void =>
    assert.throws(() => weightsFromBytes(bytes, "w.bin"), { code: "L401", message: found });

  it("refuse a file of another kind or version, and say what was found", () => {
    refused(new TextEncoder().encode("PK\u0003\u0004 not weights at all"), /w\.bin .* another kind of file/);
    const bytes = weightsToBytes(someWeights());
    bytes[4] = 9;
    refused(bytes, /version 9, not 1/);
  });

  for (const format of ["float32", "float16", "uint8"] as const) {
    it(`refuse ${format} bytes that are cut anywhere`, () => {
      const bytes = weightsToBytes(someWeights(), format);
      for (let length = 0; length < bytes.length; length++) refused(bytes.subarray(0, length), /./);
      refused(Buffer.concat([bytes, Buffer.alloc(4)]), /bytes, not the \d+ of its header/);
    });

    it(`refuse ${format} bytes that were altered, or give whole arrays`, async () => {
      const bytes = weightsToBytes(someWeights(), format);
      let refusals = 0;
      await fc.assert(
        fc.asyncProperty(damaged(bytes), async (other) => {
          const found = await readOrRefused(() => weightsFromBytes(other, "w.bin"), /w\.bin/);
          if (!found) refusals++;
          for (const { shape, values } of found?.values() ?? []) assert.equal(values.length, sizeOf(shape));
        }),
        { numRuns: 300 },
      );
      assert.ok(refusals > 150, `${refusals} refused`);
    });
  }

  it("refuse a header that was altered, whatever became of it", () => {
    const bytes = weightsToBytes(someWeights());
    const text = new TextDecoder("latin1").decode(bytes);
    for (const [from, to] of [
      ['[{"name"', '[["name"'],
      ['"shape"', '"shapf"'],
      ['"float32"', '"float64"'],
      ["[5,3]", "[9,3]"],
      ["[5,3]", "[-5,]"],
      ['"offset":0', '"offset":-'],
      ['"offset":0', '"offset":4'],
    ] as const) {
      assert.ok(text.includes(from));
      refused(Buffer.from(text.replace(from, to), "latin1"), /./);
    }
  });
});

/** Bytes of a header that a writer never writes. */
function withHeader(entries: readonly object[]): Uint8Array {
  const header = Buffer.from(JSON.stringify(entries).padEnd(300));
  const bytes = new Uint8Array(
    Buffer.concat([weightsToBytes(new Map()).subarray(0, 12), header, Buffer.alloc(64)]),
  );
  new DataView(bytes.buffer).setUint32(8, header.length, true);
  return bytes;
}

describe("weightsFromBytes", () => {
  const whole = { name: "a", shape: [1, 4], format: "uint8", offset: 0 };

  it("reserves no memory for what the bytes can't hold", () => {
    for (const shape of [
      [1, 2 ** 31],
      [1, 2 ** 32],
      [2 ** 29, 4],
      [2 ** 53 - 1, 2 ** 53 - 1],
      [2 ** 40, 0],
    ]) {
      const bytes = withHeader([{ ...whole, shape }]);
      assert.throws(
        () => weightsFromBytes(bytes, "w.bin"),
        { code: "L401", message: /'a' cut short/ },
        `${shape}`,
      );
    }
  });

  it("refuses a header whose parts are of other types", () => {
    const odd = [
      { shape: [1.5, 4] },
      { shape: [-1, -4] },
      { shape: ["1", 4] },
      { shape: 4 },
      { name: 1 },
      { offset: "0" },
    ];
    for (const changes of odd) {
      const bytes = withHeader([{ ...whole, ...changes }]);
      assert.throws(() => weightsFromBytes(bytes, "w.bin"), {
        code: "L401",
        message: /header that was altered/,
      });
    }
  });

  it("refuses a name that is there twice, and arrays that share bytes or leave some between them", () => {
    for (const second of [
      { ...whole, offset: 12 },
      { ...whole, name: "b" },
      { ...whole, name: "b", offset: 16 },
    ]) {
      const bytes = withHeader([whole, second]);
      assert.throws(() => weightsFromBytes(bytes, "w.bin"), { code: "L401", message: /out of place/ });
    }
  });
});

describe("any weights", () => {
  /** A row whose numbers are nearer to each other than this is one number: its step has no single precision. */
  const SMALLEST_STEP = 2 ** -140;
  const value = fc.float({ min: -(2 ** 100), max: 2 ** 100, noNaN: true });
  const weight = fc
    .array(fc.nat(4), { maxLength: 3 })
    .chain((shape) =>
      fc
        .array(value, { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
        .map((values): Weight => ({ shape, values: Float32Array.from(values) })),
    );
  const any = fc
    .uniqueArray(fc.tuple(oddText(), weight), { maxLength: 4, selector: ([name]) => name })
    .map((entries): Weights => new Map(entries));

  it("come back from float32 and make the same bytes again", () => {
    fc.assert(
      fc.property(any, (weights) => {
        const bytes = weightsToBytes(weights);
        const found = weightsFromBytes(bytes, "w.bin");
        assert.deepEqual([...found], [...weights]);
        assert.deepEqual(weightsToBytes(found), bytes);
      }),
      { numRuns: 150 },
    );
  });

  it("come back from float16 as they were rounded, and make the same bytes again", () => {
    fc.assert(
      fc.property(any, (weights) => {
        roundToHalf(weights);
        const bytes = weightsToBytes(weights, "float16");
        assert.deepEqual([...weightsFromBytes(bytes, "w.bin")], [...weights]);
        assert.deepEqual(weightsToBytes(weightsFromBytes(bytes, "w.bin"), "float16"), bytes);
      }),
      { numRuns: 150 },
    );
  });

  it("come back from uint8 with their shapes, no farther off than a step", () => {
    fc.assert(
      fc.property(any, (weights) => {
        const found = through(weights, "uint8");
        assert.deepEqual([...found.keys()], [...weights.keys()]);
        for (const [name, { shape, values }] of weights) {
          const other = found.get(name) as Weight;
          assert.deepEqual(other.shape, shape);
          const range = Math.max(0, ...values) - Math.min(0, ...values);
          other.values.forEach((number, i) => {
            assert.ok(
              Math.abs(number - (values[i] as number)) <= range / 255 + SMALLEST_STEP,
              `${name}: ${number} for ${values[i]}`,
            );
          });
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("cloneWeights", () => {
  it("shares no numbers with the original", () => {
    const weights = someWeights();
    const copy = cloneWeights(weights);
    valuesOf(weights, "kernel").fill(0);
    assert.deepEqual([...copy], [...someWeights()]);
  });
});

describe("half precision", () => {
  // IEEE 754-2019, binary16: https://en.wikipedia.org/wiki/Half-precision_floating-point_format#Half_precision_examples
  const known: readonly (readonly [bits: number, value: number])[] = [
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3bff, 0.99951171875],
    [0x3c00, 1],
    [0x3c01, 1.0009765625],
    [0xc000, -2],
    [0x7bff, 65504],
    [0xfbff, -65504],
  ];

  it("has the known bit patterns", () => {
    for (const [bits, value] of known) {
      assert.equal(toHalf(value), bits, `bits of ${value}`);
      assert.ok(Object.is(fromHalf(bits), value), `value of ${bits.toString(16)}`);
    }
  });

  it("gives every finite pattern back", () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      if ((bits & 0x7c00) !== 0x7c00) assert.equal(toHalf(fromHalf(bits)), bits);
    }
  });

  it("rounds to the nearest, ties to even, and stops at the largest", () => {
    assert.equal(toHalf(1 / 3), 0x3555);
    assert.equal(toHalf(1 + 2 ** -11), 0x3c00); // half way between two: the even one
    assert.equal(toHalf(1 + 3 * 2 ** -11), 0x3c02);
    assert.equal(toHalf(1 + 2 ** -11 + 2 ** -20), 0x3c01);
    assert.equal(toHalf(2 ** -25), 0x0000);
    assert.equal(toHalf(1.01 * 2 ** -25), 0x0001);
    assert.equal(toHalf(2047.9999), 0x6800); // carries into the exponent
    assert.equal(toHalf(65519), 0x7bff);
    assert.equal(toHalf(1e30), 0x7bff);
    assert.equal(toHalf(-1e30), 0xfbff);
  });

  it("is never farther from a number than its neighbours", () => {
    const within = fc.float({ min: -65504, max: 65504, noNaN: true });
    fc.assert(
      fc.property(within, (value) => {
        const bits = toHalf(value);
        const distance = (other: number): number => Math.abs(fromHalf(other) - value);
        const neighbours = [bits - 1, bits + 1].filter((b) => b >= 0 && (b & 0x7c00) !== 0x7c00);
        return neighbours.every(
          (other) => Math.sign(fromHalf(other)) * value < 0 || distance(bits) <= distance(other),
        );
      }),
      { numRuns: 300 },
    );
  });
});
