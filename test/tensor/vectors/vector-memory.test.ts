import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import { memoryOf, VectorMemory } from "../../../src/tensor/vectors/vector-memory.js";
import type { Weights } from "../../../src/tensor/weights.js";
import { collectGarbage } from "../../fixtures.js";

describe("VectorMemory", () => {
  it("grows, and what lies in it stays", () => {
    const memory = new VectorMemory();
    const first = memory.floats(10).fill(3);
    const large = memory.floats(1_000_000).fill(1);
    const ints = memory.ints(7).fill(-1);
    assert.deepEqual(first, new Float32Array(10).fill(3));
    assert.ok(large.every((value) => value === 1) && ints.every((value) => value === -1));
    assert.equal(memory.kernels.squares(large.byteOffset, large.length), 1_000_000);
  });

  it("gives zeros at places of their own, each a multiple of 16", () => {
    const memory = new VectorMemory();
    const arrays = [1, 4, 5, 0, 33].map((length) => memory.floats(length));
    arrays.forEach((values, i) => {
      values.fill(i + 1);
    });
    arrays.forEach((values, i) => {
      assert.equal(values.byteOffset % 16, 0);
      assert.ok(values.every((value) => value === i + 1));
    });
  });

  it("says what is too large, and goes on as it was", () => {
    const memory = new VectorMemory();
    const before = memory.floats(4).fill(2);
    assert.throws(() => memory.floats(2 ** 30), { code: "L304", message: /4\.3 GB.*embedding_width/ });
    assert.deepEqual(memory.floats(4), new Float32Array(4));
    assert.deepEqual(before, new Float32Array(4).fill(2));
  });

  it("says how to live with a limit of addresses, and does", {
    skip: process.platform !== "linux" && "there is no ulimit -v",
  }, () => {
    const module = new URL("../../../src/tensor/vectors/vector-memory.js", import.meta.url);
    const program = `const { VectorMemory } = await import("${module}");
      try { const all = [1, 2, 3].map(() => new VectorMemory()); console.log(all.map((one) => one.floats(4).length).join()); }
      catch ({ message }) { console.log(message); }`;
    const run = (...flags: string[]): string => {
      const limited = ["-c", 'ulimit -v 16000000 && exec "$@"', "sh", process.execPath, ...flags];
      return execFileSync("sh", [...limited, "--input-type=module", "-e", program], { encoding: "utf8" });
    };
    assert.match(run(), /^\[L306\] .*could not allocate memory.*--disable-wasm-trap-handler/);
    assert.equal(run("--disable-wasm-trap-handler"), "4,4,4\n");
  });

  it("uses the place of an array that is garbage again, for zeros", async () => {
    const memory = new VectorMemory();
    const places = new Set<number>();
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 10; i++) places.add(memory.floats(12_345).fill(1).byteOffset);
      await collectGarbage();
    }
    assert.ok(places.size < 40, `${places.size} places`);
    assert.ok(memory.floats(12_345).every((value) => value === 0));
  });
});

describe("memoryOf", () => {
  it("moves weights into one memory, once", () => {
    const values = Float32Array.of(1, 2, 3);
    const weights: Weights = new Map([
      ["a", { shape: [3], values }],
      ["b", { shape: [1, 2], values: Float32Array.of(4, 5) }],
    ]);
    const memory = memoryOf(weights);
    const moved = weights.get("a")?.values as Float32Array;
    assert.notEqual(moved, values);
    assert.deepEqual(moved, values);
    assert.deepEqual(weights.get("b"), { shape: [1, 2], values: Float32Array.of(4, 5) });
    assert.equal(weights.get("b")?.values.buffer, moved.buffer);
    assert.equal(memoryOf(weights), memory);
    assert.equal(weights.get("a")?.values, moved);
  });
});
