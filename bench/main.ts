/**
 * Measures linkwright on data that it makes itself: `npm run bench -- PART ... [options]`. Tables on stdout, talk on stderr.
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
const past = given.findIndex((arg) => !Object.hasOwn(PARTS, arg));
const names = past < 0 ? given : given.slice(0, past);
for (const name of names) await PARTS[name]?.(given.slice(names.length));
if (names.length === 0) {
  process.stderr.write(
    `Found the part "${given[0] ?? ""}". Expected one of: ${Object.keys(PARTS).join(", ")}.\n`,
  );
  process.exitCode = 2;
}
