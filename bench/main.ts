/**
 * Measures linkwright on data that it makes itself: `npm run bench -- PART [options]`. Tables on stdout, talk on stderr.
 *
 *     npm run bench -- kb --sizes 10k,100k,1m
 */
import { benchKb } from "./kb/main.js";

const PARTS: Readonly<Record<string, (args: string[]) => Promise<void>>> = { kb: benchKb };

const [name = "", ...args] = process.argv.slice(2);
const part = PARTS[name];
if (part) {
  await part(args);
} else {
  process.stderr.write(`Found the part "${name}". Expected one of: ${Object.keys(PARTS).join(", ")}.\n`);
  process.exitCode = 2;
}
