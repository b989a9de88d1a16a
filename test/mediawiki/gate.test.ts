import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { Gate } from "../../src/mediawiki/gate.js";

test("a gate lets in as many as it has places, in their order, and forgets those who leave", async () => {
  const gate = new Gate(1);
  const seen: string[] = [];
  let leave = (): void => {};
  const inside = gate.run(
    () =>
      new Promise<void>((resolve) => {
        leave = resolve;
      }),
  );
  const enter = (name: string, signal?: AbortSignal): Promise<void> =>
    gate.run(async () => {
      seen.push(name);
    }, signal);
  const stop = new AbortController();
  const [b, c, d] = [enter("b"), enter("c", stop.signal), enter("d", stop.signal)];
  stop.abort(new Error("gone"));
  await assert.rejects(c, /gone/);
  await assert.rejects(d, /gone/);
  const e = enter("e");
  leave();
  await Promise.all([inside, b, e]);
  assert.deepEqual(seen, ["b", "e"]);
  await assert.rejects(
    gate.run(() => Promise.reject(new Error("work failed"))),
    /work failed/,
  );
  await enter("f");
  assert.deepEqual(seen, ["b", "e", "f"]);
});

test("a gate leaves no listener on a signal that lives on", async () => {
  const gate = new Gate(1);
  const { signal } = new AbortController();
  const work = async (): Promise<void> => {};
  const all = Array.from({ length: 3 }, () => gate.run(work, signal));
  assert.equal(getEventListeners(signal, "abort").length, 2, "those that wait");
  await Promise.all(all);
  assert.equal(getEventListeners(signal, "abort").length, 0);
  const others = [gate.run(work, signal), gate.run(work, signal)];
  gate.refuseWaiting(new Error("closed"));
  assert.equal((await Promise.allSettled(others))[1]?.status, "rejected");
  assert.equal(getEventListeners(signal, "abort").length, 0);
});
