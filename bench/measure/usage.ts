/** Loaded before a program (`node --import`), it prints what the program took, as the last line of stdout. */
import type { Usage } from "./child.js";

process.once("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage: Usage = {
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    wallSeconds: process.uptime(),
    peakMb: maxRSS / 1024,
  };
  process.stdout.write(`\n${JSON.stringify(usage)}\n`);
});
