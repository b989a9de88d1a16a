import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inPass, zeros } from "../../src/tensor/pass-memory.js";

describe("inPass", () => {
  it("gives the next pass the memory of the last, as zeros again", () => {
    const ofPass = (): Float32Array => inPass(() => zeros(1000).fill(7));
    ofPass(); // finds no room yet
    const first = ofPass();
    const second = inPass(() => zeros(1000));
    assert.equal(second.buffer, first.buffer);
    assert.equal(second.byteOffset, first.byteOffset);
    assert.ok(second.every((value) => value === 0));
  });

  it("gives no number twice while a pass lasts, nor while one within it does", () => {
    const sizes = [3, 500, 0, 80];
    for (let round = 0; round < 3; round++) {
      inPass(() => {
        const outer = sizes.map((size) => zeros(size).fill(1));
        inPass(() => zeros(5000).fill(2));
        const later = zeros(300).fill(3);
        assert.ok(outer.every((values) => values.every((value) => value === 1)));
        assert.ok(later.every((value) => value === 3));
      });
    }
  });

  it("gives an array of its own outside a pass, also after one that failed", () => {
    assert.throws(() =>
      inPass(() => {
        zeros(10);
        throw new Error("stopped");
      }),
    );
    const [one, other] = [zeros(10), zeros(10)];
    assert.notEqual(one.buffer, other.buffer);
    assert.equal(one.buffer.byteLength, 40);
  });

  it("keeps 16 MB at most", () => {
    const large = (): Float32Array => inPass(() => zeros(5_000_000));
    large();
    assert.equal(large().byteOffset, 0);
    assert.ok(inPass(() => zeros(4)).buffer.byteLength <= 1 << 24);
  });
});
