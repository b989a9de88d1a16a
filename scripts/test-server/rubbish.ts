/** Requests that make no sense, among good ones. */
import { Agent } from "node:http";
import { connect } from "node:net";
import { makeRandom } from "../../src/model/random.js";
import { ask } from "./ask.js";
import { check, say } from "./report.js";
import { start } from "./running.js";
import { annBodies, STARTER } from "./starter.js";

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

export async function sendRubbish(count: number): Promise<void> {
  const server = await start(STARTER, "--workers", "2", "--queue-limit", "256", "--body-limit", "1000000");
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const statuses = new Map<number, number>();
  let resets = 0;
  let done = 0;
  const memory: number[] = [];
  const big = Buffer.alloc(5_000_000, 0x20);
  const client = async (): Promise<void> => {
    while (done < count) {
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
