import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { oneAhead } from "../../src/training/one-ahead.js";

/** Tells when each of some values is asked for, and when no more are. */
function* asked<T>(values: readonly T[], log: unknown[]): Generator<T> {
  try {
    for (const [i, value] of values.entries()) {
      log.push(`ask ${i}`);
      yield value;
    }
  } finally {
    log.push("end");
  }
}

/** What is asked for and given, in order. */
async function run(values: readonly (string | Promise<string>)[]): Promise<unknown[]> {
  const log: unknown[] = [];
  for await (const value of oneAhead(asked(values, log))) log.push(value);
  return log;
}

const late = (value: string): Promise<string> => setImmediate(value);
const failed = (message: string): Promise<never> =>
  setImmediate().then(() => {
    throw new Error(message);
  });

describe("oneAhead", () => {
  it("gives what is there before the next is asked for", async () => {
    assert.deepEqual(await run(["a", "b"]), ["ask 0", "a", "ask 1", "b", "end"]);
    assert.deepEqual(await run([]), ["end"]);
  });

  it("asks for one value while another is on its way, and not for more", async () => {
    const log = await run([late("a"), late("b"), late("c")]);
    assert.deepEqual(log, ["ask 0", "ask 1", "a", "ask 2", "b", "end", "c"]);
  });

  it("keeps the order where some are there and some on their way", async () => {
    const log = await run(["a", late("b"), "c", Promise.resolve("d")]);
    assert.deepEqual(log, ["ask 0", "a", "ask 1", "ask 2", "b", "c", "ask 3", "end", "d"]);
  });

  it("ends with the first promise that fails, and asks no more", async () => {
    const log: unknown[] = [];
    const values = oneAhead(asked([failed("first"), failed("second"), "c"], log));
    await assert.rejects(values.next(), { message: "first" });
    assert.deepEqual(log, ["ask 0", "ask 1", "end"]);
    assert.deepEqual(await values.next(), { done: true, value: undefined });
    await setImmediate(); // the second was nobody's: unhandled, it would fail the test
  });

  it("lets a promise fail whose reader has left", async () => {
    const log: unknown[] = [];
    for await (const value of oneAhead(asked([late("a"), failed("second")], log))) {
      log.push(value);
      break;
    }
    assert.deepEqual(log, ["ask 0", "ask 1", "a", "end"]);
    await setImmediate();
  });
});
