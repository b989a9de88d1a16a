import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** What a process took, its start included. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** Highest resident memory. */
  readonly peakMb: number;
}

const run = promisify(execFile);
const usageReport = new URL("./usage.js", import.meta.url).href;

/** Runs a program of this project as a process of its own; gives its last line of JSON, if it prints any, and what it took. */
export async function measured<T>(
  script: URL,
  ...args: readonly string[]
): Promise<{ result: T; usage: Usage }> {
  const node = ["--expose-gc", "--import", usageReport, fileURLToPath(script), ...args];
  const { stdout } = await run(process.execPath, node, { maxBuffer: 1 << 26 });
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  const usage = JSON.parse(lines.at(-1) as string) as Usage;
  return { result: JSON.parse(lines.at(-2) ?? "{}") as T, usage };
}
