import { spawnSync } from "node:child_process";

/** Keeps this process, its threads too, on one core; false where there is no `taskset`. */
export function stayOnOneCore(): boolean {
  return spawnSync("taskset", ["-a", "-c", "-p", "0", String(process.pid)], { stdio: "ignore" }).status === 0;
}
