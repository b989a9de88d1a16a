/**
 * The server under load and fault: speed at 1, 8 and 64 connections, memory with 1 and 4 workers, rubbish, threads that
 * are killed, and schemathesis where Python can install it. Prints what it measures; fails where an answer is missing.
 *
 * node dist/scripts/test-server.js [requests of rubbish, default 50000]
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { makeRandom } from "../src/model/random.js";
import { serve } from "../src/server/serve.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COMMAND = join(ROOT, "dist/src/cli/main.js");
const STARTER = join(ROOT, "corpus/starter");
const RUBBISH = Number(process.argv[2] ?? 50_000);
const failures: string[] = [];
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const check = (holds: boolean, what: string): void => {
  if (!holds) failures.push(what);
  say(`${holds ? "ok  " : "FAIL"} ${what}`);
};

// ---- a server as a process of its own

interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  rssMb(): number;
  stop(): Promise<void>;
}

async function start(model: string, ...options: string[]): Promise<Running> {
  const args = [COMMAND, "serve", model, "--port", "0", "--log-level", "error", ...options];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr?.on("data", (data) => {
    said += data;
  });
  let url: string | undefined;
  while (url === undefined) {
    await setTimeout(50);
    if (child.exitCode !== null) throw new Error(said);
    url = /at (http:\S+),/.exec(said)?.[1];
  }
  return {
    url,
    child,
    rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024,
    stop: async () => {
      child.kill("SIGTERM");
      while (child.exitCode === null && child.signalCode === null) await setTimeout(20);
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function ask(
  url: string,
  agent: Agent,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: "POST", agent, headers: { "content-type": "application/json", ...headers } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode as number, body: text }));
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

// ---- speed

const texts = readFileSync(join(STARTER, "test.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as { text: string; ents: { start: number; end: number; label: string }[] });
const annBodies = texts.map(({ text, ents }) => {
  const spans = ents.map(({ start, end, label }) => ({ text: text.slice(start, end), start, end, label }));
  return JSON.stringify({ documents: [{ spans, context: text }] });
});

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}

async function speed(url: string, connections: number, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  let next = 0;
  let busy = 0;
  const client = async (): Promise<void> => {
    while (next < count) {
      const body = annBodies[next++ % annBodies.length] as string;
      const begun = performance.now();
      const { status } = await ask(`${url}/link`, agent, body);
      if (status === 503) busy++;
      else if (status !== 200) failures.push(`a good request was answered ${status}`);
      times.push(performance.now() - begun);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: connections }, client));
  const seconds = (performance.now() - begun) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  const refused = busy > 0 ? `, ${busy} told to come back` : "";
  say(
    `${String(connections).padStart(3)} connections: ${(count / seconds).toFixed(0).padStart(5)} documents/s, ` +
      `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms${refused}`,
  );
}

async function measureSpeed(): Promise<void> {
  for (const workers of ["1", "2"]) {
    const server = await start(STARTER, "--workers", workers, "--queue-limit", "256");
    await speed(server.url, 8, 400); // warm
    say(`speed with ${workers} worker(s), one document of one to three spans a request:`);
    for (const connections of [1, 8, 64]) await speed(server.url, connections, 2000);
    await server.stop();
  }
}

// ---- memory

/** A knowledge base that is large enough for its columns to matter. */
async function largeKb(): Promise<string | undefined> {
  const source = join(ROOT, "../shared/data/geo/kb");
  const path = [join(ROOT, "../shared/data/geo"), source].find((p) => existsSync(join(p, "entities.jsonl")));
  if (!path) return undefined;
  const folder = join(tmpdir(), "linkwright-test-server-kb");
  if (!existsSync(folder))
    execFileSync(process.execPath, [COMMAND, "create-index", path, folder], { stdio: "ignore" });
  return folder;
}

async function measureMemory(): Promise<void> {
  const kb = await largeKb();
  if (!kb)
    say("memory: skipped on the large knowledge base, ../shared/data/geo is not here; on the starter one:");
  const rss: number[] = [];
  for (const workers of ["1", "4"]) {
    const server = await start(kb ?? STARTER, "--workers", workers, "--queue-limit", "256");
    await speed(server.url, 8, 800);
    rss.push(server.rssMb());
    say(`memory with ${workers} worker(s): ${rss.at(-1)?.toFixed(0)} MB resident`);
    await server.stop();
  }
  const ratio = (rss[1] as number) / (rss[0] as number);
  if (kb) check(ratio <= 1.6, `4 workers take ${ratio.toFixed(2)} times the memory of one, at most 1.6`);
  else say(`4 workers take ${ratio.toFixed(2)} times the memory of one`);
}

// ---- rubbish

const random = makeRandom(1, "rubbish");
const pick = <T>(items: readonly T[]): T => items[Math.floor(random.next() * items.length)] as T;

/** Requests that no server should stumble over: what they are, and what may come back. */
const RUBBISH_KINDS: readonly {
  readonly body: () => string | Buffer;
  readonly path?: string;
  readonly type?: string;
}[] = [
  { body: () => pick(annBodies) },
  {
    body: () =>
      JSON.stringify(JSON.parse(pick(annBodies)), (_, value) =>
        random.next() < 0.1 ? pick([null, -1, "x", {}, []]) : value,
      ),
  },
  { body: () => pick(annBodies).slice(0, Math.floor(random.next() * 200)) },
  { body: () => `${"[".repeat(20_000)}` },
  { body: () => `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}` },
  { body: () => Buffer.from(Uint8Array.from({ length: 64 }, () => Math.floor(random.next() * 256))) },
  { body: () => "" },
  {
    body: () =>
      JSON.stringify({ documents: [{ text: "\ud800 Jordan \u0000 \u202e", ents: [{ start: 1, end: 3 }] }] }),
    path: "/v1/link",
  },
  {
    body: () => `{"documents": 1e999, "__proto__": {"x": 1}, "constructor": {"prototype": {}}}`,
    path: "/v1/link",
  },
  {
    body: () => `${pick(["{}", '{"text":1}', "x", '{"text":"Jordan"}'])}\n${pick(annBodies)}\n`,
    path: "/v1/link",
    type: "application/x-ndjson",
  },
  { body: () => "x", path: `/link?similarity_threshold=${encodeURIComponent("' or 1=1")}` },
  { body: () => "<xml/>", type: "text/xml" },
];

/** Sends half a request and goes away. */
function hangUp(url: string): Promise<void> {
  const { port, hostname } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        "POST /link HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{",
      );
      socket.destroy();
      resolve();
    });
    socket.on("error", () => resolve());
  });
}

async function sendRubbish(): Promise<void> {
  const server = await start(STARTER, "--workers", "2", "--queue-limit", "256", "--body-limit", "1000000");
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const statuses = new Map<number, number>();
  let resets = 0;
  let done = 0;
  const memory: number[] = [];
  const big = Buffer.alloc(5_000_000, 0x20);
  const client = async (): Promise<void> => {
    while (done < RUBBISH) {
      done++;
      if (done % 500 === 0) memory.push(server.rssMb());
      if (done % 97 === 0) {
        await hangUp(server.url);
        continue;
      }
      const { body, path = "/link", type } = pick(RUBBISH_KINDS);
      const content = done % 499 === 0 ? big : body();
      await ask(`${server.url}${path}`, agent, content, type ? { "content-type": type } : {})
        .then(({ status }) => statuses.set(status, (statuses.get(status) ?? 0) + 1))
        .catch(() => resets++); // what is too large is hung up on
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  agent.destroy();
  const counted = [...statuses].sort(([a], [b]) => a - b).map(([status, n]) => `${n} x ${status}`);
  say(`rubbish: ${done} requests, ${counted.join(", ")}, ${resets} hung up on`);
  check(
    [...statuses.keys()].every((status) => status < 500),
    "no rubbish is answered with 5xx",
  );
  const alive = await ask(`${server.url}/link`, new Agent(), annBodies[0] as string);
  check(alive.status === 200 && server.child.exitCode === null, "the server lives after it");
  const [early, late] = [memory[Math.floor(memory.length / 2)] as number, memory.at(-1) as number];
  check(
    late <= 1.15 * early,
    `memory stays: ${early.toFixed(0)} MB half way, ${late.toFixed(0)} MB at the end`,
  );
  await server.stop();
  check(server.child.exitCode === 0, "it ends with 0");
}

// ---- killed threads

async function killThreads(): Promise<void> {
  const server = await serve(STARTER, {
    port: 0,
    workers: 2,
    logLevel: "silent",
    queueLimit: 256,
    backend: "wasm",
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const expected = new Map<string, string>();
  for (const body of annBodies) expected.set(body, (await ask(`${server.url}/link`, agent, body)).body);
  let [asked, right, failed] = [0, 0, 0];
  let isOver = false;
  const client = async (): Promise<void> => {
    while (!isOver) {
      const body = annBodies[asked++ % annBodies.length] as string;
      const { status, body: answer } = await ask(`${server.url}/link`, agent, body);
      if (status === 200 && answer === expected.get(body)) right++;
      else if (status >= 500) failed++;
      else failures.push(`under fire a good request was answered ${status}`);
    }
  };
  const clients = Array.from({ length: 16 }, client);
  const seats = (server.pool as unknown as { seats: Set<{ worker: Worker }> }).seats;
  for (let kill = 0; kill < 20; kill++) {
    await setTimeout(300);
    const [seat] = seats;
    await seat?.worker.terminate();
  }
  isOver = true;
  await Promise.all(clients);
  agent.destroy();
  await server.close();
  say(`20 threads killed under load: ${asked} requests, ${right} right, ${failed} answered with an error`);
  check(right + failed === asked && failed <= 20, "every request got its own answer, or an error");
}

// ---- schemathesis

async function schemathesis(): Promise<void> {
  const venv = join(tmpdir(), "linkwright-schemathesis");
  const st = join(venv, "bin/st");
  if (!existsSync(st)) {
    spawnSync("python3", ["-m", "venv", venv], { stdio: "ignore" });
    const { status } = spawnSync(join(venv, "bin/pip"), ["install", "-q", "schemathesis"]);
    if (status !== 0) return say("schemathesis: skipped, Python can't install it here");
  }
  const server = await start(STARTER, "--workers", "2");
  const args = [
    "run",
    `${server.url}/openapi.json`,
    "--checks",
    "not_a_server_error",
    "--max-examples",
    "100",
    "--seed",
    "1",
  ];
  const ran = spawnSync(st, args, { encoding: "utf8", cwd: venv }); // it leaves a cache there
  await server.stop();
  say(ran.stdout.trim().split("\n").slice(-12).join("\n"));
  check(ran.status === 0, "schemathesis finds no server error");
}

await measureSpeed();
await measureMemory();
await sendRubbish();
await killThreads();
await schemathesis();
if (failures.length > 0) {
  say(`\nfailed:\n${failures.slice(0, 20).join("\n")}`);
  process.exit(1);
}
