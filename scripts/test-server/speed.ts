/** Documents a second and latency, with 1 and 2 workers, at 1, 8 and 64 connections. */
import { describe, putLoad } from "./load.js";
import { say } from "./report.js";
import { start } from "./running.js";
import { annBodies as bodies, STARTER } from "./starter.js";

export async function measureSpeed(): Promise<void> {
  for (const workers of ["1", "2"]) {
    const server = await start(STARTER, "--workers", workers, "--queue-limit", "256");
    await putLoad(server, { bodies, connections: 8, count: 400 }); // warm
    say(`speed with ${workers} worker(s), one document of one to three spans a request:`);
    for (const connections of [1, 8, 64]) {
      const measured = await putLoad(server, { bodies, connections, count: 2000 });
      say(`${String(connections).padStart(3)} connections: ${describe(measured)}`);
    }
    await server.stop();
  }
}
