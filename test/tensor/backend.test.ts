import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type BackendName,
  loadBackend,
  loadTrainingBackend,
  multiplierOf,
} from "../../src/tensor/backend.js";
import { type Matrix, matrix } from "../../src/tensor/matrix.js";
import { multiplyWith } from "../../src/tensor/multiply.js";
import { isInstalled } from "../../src/tensor/native-backend.js";
import { assertClose } from "../fixtures.js";

/** Products of every transposition, and of matrices without rows. */
async function products(name: BackendName): Promise<Matrix[]> {
  const { tf } = await loadBackend(name);
  const multiply = multiplyWith(tf);
  const wave = (rows: number, width: number, step: number): Matrix =>
    matrix(
      rows,
      width,
      Float32Array.from({ length: rows * width }, (_, i) => Math.sin((i + 1) * step)),
    );
  return [
    [1, 1, 1],
    [5, 7, 3],
    [64, 210, 128],
    [4, 1, 6],
    [0, 3, 2],
  ].flatMap(([m = 0, k = 0, n = 0]) => [
    multiply(wave(m, k, 0.7), wave(k, n, 1.3)),
    multiply(wave(k, m, 0.7), wave(k, n, 1.3), "left"),
    multiply(wave(m, k, 0.7), wave(n, k, 1.3), "right"),
  ]);
}

function assertSameProducts(found: readonly Matrix[], expected: readonly Matrix[]): void {
  assert.deepEqual(
    found.map(({ rows, width }) => [rows, width]),
    expected.map(({ rows, width }) => [rows, width]),
  );
  found.forEach(({ values }, i) => {
    assertClose(values, (expected[i] as Matrix).values, 1e-4);
  });
}

describe("loadBackend", () => {
  it("makes the named backend the active one, again and again", async () => {
    for (const name of ["wasm", "cpu", "wasm"] as const) {
      const backend = await loadBackend(name);
      assert.equal(backend.name, name);
      assert.equal(backend.tf.getBackend(), name);
    }
  });

  it("refuses a name that it doesn't know, and says which there are", async () => {
    await assert.rejects(loadBackend("webgl" as BackendName), {
      code: "L301",
      message: /"webgl": expected one of auto, tfjs-node-gpu, tfjs-node, wasm, cpu\.$/,
    });
  });

  it("refuses webgpu, which only trains, and says what to name", async () => {
    await assert.rejects(loadBackend("webgpu"), {
      code: "L305",
      message: /Name one of auto, tfjs-node-gpu, tfjs-node, wasm, cpu\.$/,
    });
  });

  it("leaves no tensor behind", async () => {
    const { tf } = await loadBackend("wasm");
    const before = tf.memory();
    const idsBefore = tf.backend().numDataIds();
    await products("wasm");
    assert.deepEqual(tf.memory(), before);
    assert.equal(tf.backend().numDataIds(), idsBefore);
  });

  it("wasm multiplies as cpu does", async () => {
    assertSameProducts(await products("wasm"), await products("cpu"));
  });

  for (const name of ["tfjs-node", "tfjs-node-gpu"] as const) {
    it(`${name}, where missing, is refused with the way to get it`, {
      skip: isInstalled(name) && `${name} is installed`,
    }, async () => {
      const message = new RegExp(`${name} is not installed.*npm install @tensorflow/${name}@`);
      await assert.rejects(loadBackend(name), { code: "L302", message });
    });
  }

  it("tfjs-node multiplies as cpu does, and auto takes it", {
    skip: !isInstalled("tfjs-node") && "tfjs-node is not installed",
  }, async () => {
    assertSameProducts(await products("tfjs-node"), await products("cpu"));
    if (!isInstalled("tfjs-node-gpu")) assert.equal((await loadBackend("auto")).name, "tfjs-node");
  });

  it("auto takes wasm without the native packages", {
    skip: (isInstalled("tfjs-node") || isInstalled("tfjs-node-gpu")) && "a native package is installed",
  }, async () => {
    assert.equal((await loadBackend("auto")).name, "wasm");
    assert.equal((await loadBackend()).name, "wasm");
  });
});

describe("loadTrainingBackend", () => {
  it("loads what else there is as loadBackend does, without a GPU", async () => {
    assert.deepEqual(await loadTrainingBackend("cpu"), await loadBackend("cpu"));
    assert.deepEqual(await loadTrainingBackend(), await loadBackend());
    await assert.rejects(loadTrainingBackend("webgl" as BackendName), { code: "L301" });
  });
});

describe("multiplierOf", () => {
  it("is the backend itself, and wasm beside a GPU", () => {
    assert.deepEqual((["auto", "cpu", "webgpu"] as const).map(multiplierOf), ["auto", "cpu", "wasm"]);
  });
});
