import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import type { Server } from "../../src/server/serve.js";
import type { WorkerPool } from "../../src/server/worker-pool.js";
import { post, servers } from "./small-server.js";

const start = servers();

/** A text that keeps a thread busy for a while. */
const LONG = { text: "Paris and Jordan. ".repeat(1200) };
/** One that it would not be done with in any time limit here. */
const ENDLESS = { text: "Paris and Jordan. ".repeat(12_000) };
const SHORT = { text: "in Paris, France" };

interface Seat {
  readonly worker: Worker;
  readonly jobs: readonly object[];
}
const seatsOf = (pool: WorkerPool): Seat[] => [...(pool as unknown as { seats: Set<Seat> }).seats];
const busy = (pool: WorkerPool): number => seatsOf(pool).filter(({ jobs }) => jobs.length > 0).length;
const link = (server: Server, ...documents: object[]) =>
  post(`${server.url}/v1/link?candidates=false`, { documents });

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !holds(); i++) await setTimeout(10);
  assert.ok(holds());
}

describe("worker threads", () => {
  let server: Server;
  before(async () => {
    server = await start({ workers: 2, queueLimit: 4 });
  });

  it("are replaced when they die, and what they were at is done by another", async () => {
    const long = link(server, LONG);
    await until(() => busy(server.pool) === 1);
    await seatsOf(server.pool)
      .find(({ jobs }) => jobs.length > 0)
      ?.worker.terminate();
    const { status, json } = await long;
    assert.equal(status, 200);
    assert.equal(json.documents[0].ents.length, 2400);
    await until(() => server.pool.alive === 2);
    assert.equal((await link(server, SHORT)).json.documents[0].ents[0].kb_id, "Q1");
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    assert.match(metrics, /^linkwright_workers_replaced_total 1$/m);
  });

  it("tell what is wrong with a job by its code", async () => {
    const documents: object[] = [{ text: 3 }];
    await assert.rejects(server.pool.run("documents", { documents, candidates: false }), {
      name: "LinkwrightError",
      code: "L102",
      message: "[L102] documents[0]: text must be a string, found 3.",
    });
  });

  it("give up what two of them died of", async () => {
    const long = link(server, LONG);
    for (let death = 0; death < 2; death++) {
      await until(() => busy(server.pool) === 1);
      await seatsOf(server.pool)
        .find(({ jobs }) => jobs.length > 0)
        ?.worker.terminate();
    }
    assert.equal((await long).status, 500);
    await until(() => server.pool.alive === 2);
    assert.equal((await link(server, SHORT)).status, 200);
  });

  it("refuse more than may wait with 503 and when to come back", async () => {
    const asked = Array.from({ length: 16 }, () => link(server, LONG));
    const answers = await Promise.all(asked);
    const refused = answers.filter(({ status }) => status === 503);
    assert.ok(refused.length > 0 && refused.length <= 10, `${refused.length} refused`);
    assert.equal(refused[0]?.headers.get("retry-after"), "1");
    assert.ok(answers.every(({ status }) => status === 200 || status === 503));
  });
});

describe("limits of time", () => {
  it("end a request that takes too long, and a body that does not come", async () => {
    const server = await start({ timeLimitMs: 400 });
    const reasons: unknown[] = [];
    server.app.log.warn = (said: object) => reasons.push(said);
    const { status, json } = await link(server, ENDLESS);
    assert.equal(status, 503);
    assert.match(json.detail[0].msg, /not done in 0.4 s/);
    assert.deepEqual(json.detail[0].loc, []);
    await until(() => server.pool.alive === 1);
    assert.deepEqual(reasons, [{ reason: "it took longer than 0.4 s" }]);
    const [slow503, waiting] = await Promise.all([link(server, ENDLESS), link(server, SHORT)]);
    assert.equal(slow503.status, 503);
    assert.match(waiting.json.detail[0].msg, /no thread was free for 0.4 s/);
    assert.equal(waiting.status, 503);
    await until(() => server.pool.alive === 1);
    const headers = { "content-type": "application/json", "content-length": 100 };
    const slow = request(`${server.url}/v1/link`, { method: "POST", headers });
    slow.write("{");
    slow.on("error", () => {}); // the connection ends with the answer
    const [response] = (await once(slow, "response")) as [IncomingMessage];
    assert.equal(response.statusCode, 408);
    const [body] = (await once(response, "data")) as [Buffer];
    assert.match(body.toString(), /did not come in 0.4 s/);
    await assert.rejects(start({ port: Number(new URL(server.url).port) }), { code: "L603" });
    assert.equal((await link(server, SHORT)).status, 200);
  });
});

describe("answers that come late", () => {
  const ask = ({ pool }: Server, document: { text: string; ents?: object[] }) =>
    pool.run("documents", { documents: [document], candidates: false });

  it("are heard first where it was this thread that did not listen", async () => {
    const server = await start({ timeLimitMs: 400 });
    // After what setImmediate runs come timers, and messages after them.
    const first = new Promise<string>((resolve, reject) => {
      setImmediate(() => {
        ask(server, { text: "of the first", ents: [] }).then(resolve, reject);
        const end = performance.now() + 600;
        while (performance.now() < end); // nobody hears that it is done
      });
    });
    assert.match(await first, /"of the first"/);
  });

  it("belong to nobody after the thread was given up, and it gets nothing more to do", async () => {
    const server = await start({ timeLimitMs: 400 });
    const { pool } = server;
    const [seat] = seatsOf(pool);
    const { second, waiting } = await ask(server, ENDLESS).then(
      () => assert.fail("it was quick"),
      () => {
        const second = ask(server, { text: "of the second", ents: [] });
        seat?.worker.emit("message", { type: "done", replies: [{ output: "of the first" }] });
        return { second, waiting: pool.waiting };
      },
    );
    assert.equal(waiting, 1);
    const [settled] = await Promise.allSettled([second]); // it may wait longer for a new thread than it may
    assert.doesNotMatch(settled.status === "fulfilled" ? settled.value : "", /of the first/);
  });

  it("are not waited for by those who have left", async () => {
    const server = await start({ workers: 1 });
    const long = link(server, LONG);
    await until(() => busy(server.pool) === 1);
    const controller = new AbortController();
    const left = fetch(`${server.url}/v1/link`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ documents: [LONG] }),
      signal: controller.signal,
    });
    await until(() => server.pool.waiting === 1);
    controller.abort();
    await assert.rejects(left, { name: "AbortError" });
    await until(() => server.pool.waiting === 0);
    assert.equal((await long).status, 200);
  });
});

describe("the end of a server", () => {
  it("ends streams too, once what they sent is answered", async () => {
    const server = await start();
    const { port } = new URL(server.url);
    const headers = { "content-type": "application/x-ndjson" };
    const sent = request({ port, path: "/v1/link", method: "POST", headers });
    sent.write('{"id": "1", "text": "Paris"}\n');
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    let text = "";
    response.on("data", (chunk) => {
      text += chunk;
    });
    const ended = once(response, "end");
    const closed = server.close();
    await ended;
    sent.destroy();
    await closed;
    assert.match(text, /"id":"1"/);
  });

  it("answers what was asked before, and nothing after", async () => {
    const server = await start();
    const asked = link(server, LONG);
    await until(() => busy(server.pool) === 1);
    const closed = server.close();
    const { status, headers } = await asked;
    assert.deepEqual([status, headers.get("connection")], [200, "close"]);
    await closed;
    await assert.rejects(link(server, SHORT));
  });
});
