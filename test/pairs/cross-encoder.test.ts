/** Logits against those of onnxruntime and tokenizers in Python: see scripts/make_cross_encoder.py. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { crossEncoder } from "../../src/pairs/cross-encoder.js";
import type { Pair } from "../../src/pairs/pair-scorer.js";
import { assertClose } from "../fixtures.js";
import { goldenPath } from "../golden.js";
import { withoutPackage } from "./packages.js";

const model = goldenPath("cross-encoder");
const golden = JSON.parse(readFileSync(join(model, "golden.json"), "utf8")) as {
  context: string;
  text: string;
  expected: { max_length: number; logit: number }[];
}[];
const pairs = golden.map(({ context, text }): Pair => ({ mention: "", context, title: text, text: "" }));

describe("crossEncoder", { skip: withoutPackage("@huggingface/transformers") }, () => {
  it("gives the raw logits that Python gives, cut short as Python cuts", async () => {
    for (const [i, { max_length: maxLength }] of (golden[0]?.expected ?? []).entries()) {
      const scorer = crossEncoder({ model, maxLength, batchSize: 4 });
      const expected = golden.map((row) => row.expected[i]?.logit ?? Number.NaN);
      assertClose(Array.from(await scorer.score(pairs)), expected, 1e-5, `at ${maxLength} tokens`);
    }
  });

  it("reads the context beside title and text", async () => {
    const scorer = crossEncoder({ model });
    const pair = {
      mention: "Apple",
      context: "The apple fell in the city",
      title: "Apple",
      text: "company of phones",
    };
    const [logit] = Array.from(await scorer.score([pair]));
    assertClose([logit as number], [golden[0]?.expected[0]?.logit ?? Number.NaN], 1e-5);
    assert.deepEqual([scorer.scale, scorer.threshold], ["logit", -5]);
    assert.equal(crossEncoder({ model, threshold: 0 }).threshold, 0);
    assert.deepEqual(Array.from(await scorer.score([])), []);
  });

  it("stops when it is told to, and says what is wrong with a model", async () => {
    const scorer = crossEncoder({ model });
    await assert.rejects(
      async () => scorer.score(pairs, { signal: AbortSignal.abort(new Error("enough")) }),
      /enough/,
    );
    await assert.rejects(
      async () => crossEncoder({ model: join(model, "onnx") }).score(pairs),
      /\[L826\].*onnx/,
    );
    assert.throws(() => crossEncoder({ modle: model } as never), /\[L001\]/);
  });
});

describe("crossEncoder without its package", {
  skip: !withoutPackage("@huggingface/transformers") && "it is installed",
}, () => {
  it("says what to install", () => {
    assert.throws(
      () => crossEncoder({ model }),
      /\[L821\] crossEncoder\(\) needs @huggingface\/transformers.*npm install/,
    );
  });
});
