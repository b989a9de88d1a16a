/** `node link.js MODEL`: loads a model folder in a process of its own, links some texts, and prints a line of JSON. */
import { makeRandom } from "../../src/model/random.js";
import { loadLinker } from "../../src/plugins/load-linker.js";
import { loadBackend } from "../../src/tensor/backend.js";
import { Doc } from "../../src/text/doc.js";

export interface LinkFigures {
  /** From the first line of this program to the first link. */
  readonly firstLinkSeconds: number;
  /** The same from the start of the process. */
  readonly fromProcessStart: number;
  /** Of the process, up to the first link. */
  readonly cpuSeconds: number;
  /** After 300 texts. */
  readonly rssMb: number;
}

const TEXTS = 300;
const started = performance.now();
const linker = await loadLinker(process.argv[2] as string, await loadBackend("auto"));
const { kb } = linker;
const random = makeRandom("link", 1);

linker.call(textOf(0));
const firstLinkSeconds = (performance.now() - started) / 1000;
const fromProcessStart = process.uptime();
const { user, system } = process.cpuUsage();
for (let i = 1; i < TEXTS; i++) linker.call(textOf(1 + Math.floor(random.next() * kb.getSizeAliases())));
globalThis.gc?.();
const figures: LinkFigures = {
  firstLinkSeconds,
  fromProcessStart,
  cpuSeconds: (user + system) / 1e6,
  rssMb: process.memoryUsage.rss() / 2 ** 20,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

function textOf(alias: number): Doc {
  const name = kb.aliasStrings.at(alias % kb.getSizeAliases());
  const start = "They wrote about ".length;
  const text = `They wrote about ${name} when the river had risen.`;
  return new Doc(text, { ents: [{ start, end: start + name.length }] });
}
