/** Memory with 1 and 4 workers, which share the knowledge base's columns. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { putLoad } from "./load.js";
import { check, say } from "./report.js";
import { COMMAND, ROOT, start } from "./running.js";
import { annBodies as bodies, STARTER } from "./starter.js";

/** A knowledge base that is large enough for its columns to matter. */
async function largeKb(): Promise<string | undefined> {
  const source = join(ROOT, "../shared/data/geo/kb");
  const path = [join(ROOT, "../shared/data/geo"), source].find((p) => existsSync(join(p, "entities.jsonl")));
  if (!path) return undefined;
  const folder = join(tmpdir(), "linkwright-test-server-kb");
  // Made anew each time: one that lies there may be of another format, or of other data.
  execFileSync(process.execPath, [COMMAND, "create-index", path, folder], { stdio: "ignore" });
  return folder;
}

export async function measureMemory(): Promise<void> {
  const kb = await largeKb();
  if (!kb)
    say("memory: skipped on the large knowledge base, ../shared/data/geo is not here; on the starter one:");
  const rss: number[] = [];
  for (const workers of ["1", "4"]) {
    const server = await start(kb ?? STARTER, "--workers", workers, "--queue-limit", "256");
    await putLoad(server, { bodies, connections: 8, count: 800 });
    rss.push(server.rssMb());
    say(`memory with ${workers} worker(s): ${rss.at(-1)?.toFixed(0)} MB resident`);
    await server.stop();
  }
  const ratio = (rss[1] as number) / (rss[0] as number);
  if (kb) check(ratio <= 1.6, `4 workers take ${ratio.toFixed(2)} times the memory of one, at most 1.6`);
  else say(`4 workers take ${ratio.toFixed(2)} times the memory of one`);
}
