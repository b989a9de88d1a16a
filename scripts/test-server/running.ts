/** A server as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
export const COMMAND = join(ROOT, "dist/src/cli/main.js");
/** What /proc counts CPU time in; 100 wherever Linux runs Node. */
const TICKS_PER_SECOND = 100;

export interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  rssMb(): number;
  /** Of all its threads, in its own code and the kernel's. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/** `linkwright serve` on a free port. */
export function start(model: string, ...options: string[]): Promise<Running> {
  const args = [COMMAND, "serve", model, "--port", "0", "--log-level", "error", ...options];
  return run(process.execPath, args, /at (http:\S+),/);
}

/** Any server that says on stderr where it listens; `address` has that in its first group. */
export async function run(
  command: string,
  args: readonly string[],
  address: RegExp,
  env = process.env,
): Promise<Running> {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], env });
  let said = "";
  child.stderr.on("data", (data) => {
    said += data;
  });
  let url: string | undefined;
  while (url === undefined) {
    await setTimeout(50);
    if (child.exitCode !== null) throw new Error(said);
    url = address.exec(said)?.[1];
  }
  const proc = (file: string): string => readFileSync(`/proc/${child.pid}/${file}`, "utf8");
  return {
    url,
    child,
    rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(proc("status"))?.[1]) / 1024,
    cpuSeconds: () => {
      const fields = proc("stat").split(") ")[1]?.split(" ") ?? []; // from the third on, after (the name)
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
    stop: async () => {
      child.kill("SIGTERM");
      while (child.exitCode === null && child.signalCode === null) await setTimeout(20);
    },
  };
}
