import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { inBatches } from "../../src/text/batches.js";

async function batchesOf<T>(...given: Parameters<typeof inBatches<T>>): Promise<T[][]> {
  const all: T[][] = [];
  for await (const batch of inBatches(...given)) all.push(batch);
  return all;
}

test("a batch ends when it has enough items, or when they weigh enough", async () => {
  const items = [1, 1, 1, 9, 1, 5, 5, 1];
  assert.deepEqual(await batchesOf(items, { batchSize: 3 }), [
    [1, 1, 1],
    [9, 1, 5],
    [5, 1],
  ]);
  const weigh = (item: number): number => item;
  assert.deepEqual(await batchesOf(items, { batchSize: 3, weigh, batchWeight: 9 }), [
    [1, 1, 1],
    [9],
    [1, 5, 5],
    [1],
  ]);
  assert.deepEqual(await batchesOf([]), []);
});

test("what does not come in time is not waited for", async () => {
  async function* slow(): AsyncGenerator<string> {
    yield "one";
    yield "two";
    await setTimeout(200);
    yield "three";
  }
  assert.deepEqual(await batchesOf(slow(), { flushAfterMs: 20 }), [["one", "two"], ["three"]]);
});
