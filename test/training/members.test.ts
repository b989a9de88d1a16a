import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MentionTable } from "../../src/model/mention-table.js";
import { logitStarts, makeMiniBatch } from "../../src/model/mini-batch.js";
import type { ModelScores, TrainableModel } from "../../src/model/trainable-model.js";
import { scoresOn } from "../../src/training/loop.js";
import { chooseMembers, type Member } from "../../src/training/members.js";
import { prepare } from "../../src/training/prepare.js";
import { tinyConfig, tinyDocs, tinyKb } from "../fixtures.js";

const data = prepare(tinyConfig(), { kb: tinyKb(), ...tinyDocs() });

/** A model that gives each mention's gold, or NIL, a logit of its own, and 0 to all else. */
function member(seed: number, logitOf: (mention: number) => number): Member {
  const score = (table: MentionTable, mentions: Int32Array): ModelScores => {
    const batch = makeMiniBatch(table, mentions);
    const { rows } = batch;
    const starts = logitStarts(batch);
    const logits = new Float32Array(rows.length + mentions.length);
    mentions.forEach((mention, b) => {
      const place = data.dev.gold[mention] as number;
      logits[place < 0 ? (starts[b + 1] as number) - 1 : (starts[b] as number) + place] = logitOf(mention);
    });
    return { logits, areLogits: true, starts, rows, contextCosine: new Float32Array(rows.length) };
  };
  const model = { score } as unknown as TrainableModel;
  return { seed, model, epochs: 1, bestEpoch: 1, mentions: 1, dev: scoresOn(data.dev, model) };
}

const seedsOf = (members: readonly Member[]): number[] => members.map(({ seed }) => seed);

describe("chooseMembers", () => {
  it("keeps all where they are better together than the best of them", () => {
    const even = member(1, (mention) => (mention % 2 === 0 ? 6 : -1));
    const odd = member(2, (mention) => (mention % 2 === 0 ? -1 : 6));
    assert.deepEqual(seedsOf(chooseMembers([even, odd], data)), [1, 2]);
  });

  it("keeps the best alone where the others make it worse", () => {
    const wrong = member(1, () => -6);
    const right = member(2, () => 1);
    assert.deepEqual(seedsOf(chooseMembers([wrong, right], data)), [2]);
  });

  it("keeps one, the first, of members that say the same", () => {
    assert.deepEqual(seedsOf(chooseMembers([member(1, () => 1), member(2, () => 1)], data)), [1]);
  });
});
