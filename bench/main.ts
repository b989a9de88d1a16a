/**
 * Measures linkwright on data that it makes itself: `npm run bench -- PART ... [options]`. Tables on stdout, talk on stderr.
 * Without a part all of them run, which takes half an hour.
 *
 *     npm run bench -- kb --sizes 10k,100k,1m
 *     npm run bench -- train link --data FOLDER
 *     npm run bench -- scale --sizes 10k,100k --mentions 20k
 *     npm run bench -- soak --documents 20000
 */
import { benchKb } from "./kb/main.js";
import { benchLink } from "./link/main.js";
import { benchScale } from "./scale/main.js";
import { benchSoak } from "./soak/main.js";
import { benchTrain } from "./train/main.js";

const PARTS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  kb: benchKb,
  train: benchTrain,
  link: benchLink,
  scale: benchScale,
  soak: benchSoak,
};

const given = process.argv.slice(2);
const past = given.findIndex((arg) => arg.startsWith("-"));
const named = past < 0 ? given : given.slice(0, past);
const unknown = named.find((name) => !Object.hasOwn(PARTS, name));
try {
  if (unknown !== undefined) {
    throw new TypeError(`Found the part "${unknown}". Expected some of: ${Object.keys(PARTS).join(", ")}.`);
  }
  const names = named.length > 0 ? named : Object.keys(PARTS);
  for (const name of names) await PARTS[name]?.(given.slice(named.length));
} catch (error) {
  const { message, code } = error as { readonly message: string; readonly code?: string | number };
  const isOfCommandLine = message.startsWith("Found ") || String(code).startsWith("ERR_PARSE_ARGS");
  if (!isOfCommandLine) throw error;
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
}
