/** Worker threads that die under load. */
import { Agent } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { serve } from "../../src/server/serve.js";
import { ask } from "./ask.js";
import { check, failures, say } from "./report.js";
import { annBodies, STARTER } from "./starter.js";

export async function killThreads(): Promise<void> {
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
