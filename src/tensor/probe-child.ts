/** Started by probe.ts: measures the backend of its argument and prints the report as JSON. */
import type { BackendName } from "./backend.js";
import { measureBackend } from "./probe.js";

try {
  process.stdout.write(JSON.stringify(await measureBackend(process.argv[2] as BackendName)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
