import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Batch } from "../../../src/cli/apply/batches.js";
import { Crew, type Hand } from "../../../src/cli/apply/crew.js";

const batchOf = (content: string): Batch => [{ file: "in.jsonl", content }];

/** Links when it is told to, and knows what it was asked for. */
class Told implements Hand {
  readonly asked: string[] = [];
  private readonly jobs: {
    readonly content: string;
    resolve(lines: string): void;
    reject(error: Error): void;
  }[] = [];

  get load(): number {
    return this.jobs.length;
  }
  link = (batch: Batch): Promise<string> => {
    const [{ content } = { content: "" }] = batch;
    this.asked.push(content);
    return new Promise((resolve, reject) => this.jobs.push({ content, resolve, reject }));
  };
  finish(): void {
    const job = this.jobs.shift();
    job?.resolve(`${job.content}\n`);
  }
  fail(error: Error): void {
    this.jobs.shift()?.reject(error);
  }
}

describe("Crew", () => {
  it("keeps one batch beside the one that it links for each thread, and links the next itself", async () => {
    const [first, second, here] = [new Told(), new Told(), new Told()];
    const crew = new Crew([first, second], here.link);
    const linked = [..."abcdefg"].map((name) => crew.link(batchOf(name)));
    assert.deepEqual(
      [first.asked, second.asked],
      [
        ["a", "c"],
        ["b", "d"],
      ],
    ); // both have one before any has two
    assert.deepEqual(here.asked, []); // what can be read and written now comes first
    await setImmediate();
    assert.deepEqual(here.asked, ["e"]);
    first.finish();
    await setImmediate();
    assert.deepEqual(first.asked, ["a", "c", "f"]);
    here.finish();
    second.finish(); // its answer comes before this thread takes the next one
    await setImmediate();
    await setImmediate();
    assert.deepEqual([second.asked, here.asked], [["b", "d", "g"], ["e"]]);
    for (const hand of [first, first, second, second]) hand.finish();
    assert.deepEqual(
      await Promise.all(linked),
      [..."abcdefg"].map((name) => `${name}\n`),
    );
  });

  it("tells each batch what came of it, wherever it was linked", async () => {
    const [thread, here] = [new Told(), new Told()];
    const crew = new Crew([thread], here.link);
    const linked = [..."abcd"].map((name) => crew.link(batchOf(name)));
    const settled = Promise.allSettled(linked);
    await setImmediate();
    here.fail(new Error("here"));
    thread.fail(new Error("there"));
    await setImmediate();
    thread.finish();
    thread.finish();
    assert.deepEqual(
      (await settled).map((one) => ("value" in one ? one.value : one.reason.message)),
      ["there", "b\n", "here", "d\n"],
    );
  });

  it("goes on with what waits when a batch has failed, here and in a thread", async () => {
    const [thread, here] = [new Told(), new Told()];
    const crew = new Crew([thread], here.link);
    const linked = [..."abcde"].map((name) => crew.link(batchOf(name)));
    const settled = Promise.allSettled(linked);
    await setImmediate();
    assert.deepEqual([thread.asked, here.asked], [["a", "b"], ["c"]]);
    thread.fail(new Error("there"));
    await setImmediate();
    assert.deepEqual(thread.asked, ["a", "b", "d"]);
    here.fail(new Error("here"));
    await setImmediate();
    await setImmediate();
    assert.deepEqual(here.asked, ["c", "e"]);
    for (const hand of [thread, thread, here]) hand.finish();
    assert.deepEqual(
      (await settled).map((one) => ("value" in one ? one.value : one.reason.message)),
      ["there", "b\n", "here", "d\n", "e\n"],
    );
  });

  it("hands nothing out once it is stopped", async () => {
    const [thread, here] = [new Told(), new Told()];
    const crew = new Crew([thread], here.link);
    for (const name of "abcd") void crew.link(batchOf(name));
    crew.stop();
    thread.finish();
    await setImmediate();
    assert.deepEqual([thread.asked, here.asked], [["a", "b"], []]);
  });
});
