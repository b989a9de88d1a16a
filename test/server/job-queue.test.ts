import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it, mock } from "node:test";
import { type Job, JobQueue } from "../../src/server/job-queue.js";

const LIMIT = 1000;
let now: number;
let impatient: Job[];
let queue: JobQueue;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  now = 0;
  impatient = [];
  queue = new JobQueue(
    (job) => impatient.push(job),
    () => now,
  );
});
afterEach(() => mock.timers.reset());

const pass = (milliseconds: number): void => {
  now += milliseconds;
  mock.timers.tick(milliseconds);
};
const job = (more: Partial<Job> = {}): Job => ({
  kind: "documents",
  input: null,
  bytes: 100,
  resolve: () => {},
  reject: () => {},
  deaths: 0,
  patience: LIMIT,
  ...more,
});

describe("jobs that wait", () => {
  it("lose patience after as long as they may wait, and wait no more", () => {
    const [first, second] = [job(), job()];
    queue.add(first);
    pass(400);
    queue.add(second);
    pass(599);
    assert.deepEqual([impatient, queue.length], [[], 2]);
    pass(1);
    assert.deepEqual([impatient, queue.take()], [[first], [second]]);
  });

  it("have what is left of their patience when a thread died, whatever time it took", () => {
    const only = job();
    queue.add(only);
    pass(700);
    assert.deepEqual(queue.take(), [only]);
    pass(5000);
    queue.putBack([only]);
    pass(299);
    assert.deepEqual(impatient, []);
    pass(1);
    assert.deepEqual([impatient, queue.length], [[only], 0]);
  });

  it("go together if they are of one kind and small, but for those that may have killed a thread", () => {
    const small = Array.from({ length: 20 }, () => job());
    const other = job({ kind: "spans" });
    const [large, larger] = [job({ bytes: 60_000 }), job({ bytes: 6_000 })];
    for (const one of [...small, other, large, larger]) queue.add(one);
    const suspects = [job({ deaths: 1 }), job({ deaths: 1 })];
    queue.putBack(suspects);
    const taken = Array.from({ length: 7 }, () => queue.take());
    assert.deepEqual(taken, [
      [suspects[0]],
      [suspects[1]],
      small.slice(0, 16),
      small.slice(16),
      [other],
      [large],
      [larger],
    ]);
    assert.deepEqual(queue.take(), []);
    queue.add(job({ bytes: Number.POSITIVE_INFINITY }));
    queue.add(job());
    assert.equal(queue.take().length, 1);
  });

  it("can be taken out, and then lose no patience", () => {
    const [first, second] = [job(), job()];
    queue.add(first);
    queue.add(second);
    assert.deepEqual([queue.remove(first), queue.remove(first)], [true, false]);
    assert.deepEqual(queue.clear(), [second]);
    pass(2 * LIMIT);
    assert.deepEqual([impatient, queue.length], [[], 0]);
  });
});
