/** Started by probe.ts: measures the backend of its argument and prints the report, or why there is none, as JSON. */
import type { BackendName } from "./backend.js";
import { measureBackend } from "./probe.js";

try {
  process.stdout.write(JSON.stringify(await measureBackend(process.argv[2] as BackendName)));
} catch (error) {
  const { cause } = error as Error; // the library's own words, where there are some
  const { message } = cause instanceof Error ? cause : (error as Error);
  process.stdout.write(JSON.stringify({ whyNot: message.split("\n")[0] }));
}
