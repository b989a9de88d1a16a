/**
 * The server under load and fault: speed, beside spacy-ann-linker's too, memory, rubbish, threads that are killed,
 * schemathesis, and its documentation in a browser. Prints what it measures; fails where an answer is missing.
 *
 *     npm run test:server -- [--rubbish 50000] [--screenshots FOLDER] [PART...]
 *
 * Without parts, all of them; what needs Python or a browser says so and is skipped where that can't be had.
 */
import { parseArgs } from "node:util";
import { compareWithAnnServer } from "./ann-server.js";
import { lookAtDocsPage } from "./docs-page.js";
import { killThreads } from "./killed-threads.js";
import { measureMemory } from "./memory.js";
import { failures, say } from "./report.js";
import { sendRubbish } from "./rubbish.js";
import { schemathesis } from "./schemathesis.js";
import { measureSpeed } from "./speed.js";

const { values, positionals } = parseArgs({
  options: { rubbish: { type: "string", default: "50000" }, screenshots: { type: "string" } },
  allowPositionals: true,
});
const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  speed: measureSpeed,
  "ann-server": compareWithAnnServer,
  memory: measureMemory,
  rubbish: () => sendRubbish(Number(values.rubbish)),
  "killed-threads": killThreads,
  schemathesis,
  "docs-page": () => lookAtDocsPage(values.screenshots),
};
for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
  const part = PARTS[name];
  if (part) await part();
  else failures.push(`no part is called ${name}: there are ${Object.keys(PARTS).join(", ")}`);
}
if (failures.length > 0) {
  say(`\nfailed:\n${failures.slice(0, 20).join("\n")}`);
  process.exit(1);
}
