import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeRandom, shuffle } from "../../src/model/random.js";

describe("makeRandom", () => {
  const draw = (...seed: (string | number)[]): number[] => {
    const random = makeRandom(...seed);
    return Array.from({ length: 5 }, () => random.next());
  };

  it("gives the same stream for the same seed, another for another purpose", () => {
    assert.deepEqual(draw(1, "order", 2), draw(1, "order", 2));
    assert.notDeepEqual(draw(1, "order", 2), draw(1, "order", 3));
    assert.notDeepEqual(draw(1, "order"), draw(1, "dropout"));
    assert.ok(draw(7).every((x) => x >= 0 && x < 1));
  });

  it("draws standard normals", () => {
    const random = makeRandom("normal");
    const values = Array.from({ length: 20_000 }, () => random.normal());
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.05, `mean ${mean}, variance ${variance}`);
    assert.ok(values.every(Number.isFinite));
  });
});

describe("shuffle", () => {
  it("keeps every value, and reaches every order about equally often", () => {
    const random = makeRandom("shuffle");
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = shuffle(Int32Array.of(1, 2, 3), random).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    assert.deepEqual([...counts.keys()].sort(), ["123", "132", "213", "231", "312", "321"]);
    for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 150, `${count}`);
  });
});
