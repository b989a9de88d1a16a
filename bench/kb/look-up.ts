/** `node look-up.js KB TYPOS`: loads a knowledge base folder, looks names up, and prints a line of JSON. Misspelt names go to TYPOS. */
import { setImmediate } from "node:timers/promises";
import { fold } from "../../src/kb/fold.js";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { makeRandom, type Random } from "../../src/model/random.js";
import { pick } from "../made-up/words.js";
import { writeLines } from "../made-up/write-lines.js";

export interface LookUpFigures {
  readonly loadSeconds: number;
  readonly loadCpuSeconds: number;
  readonly entities: number;
  readonly aliases: number;
  readonly candidates: number;
  readonly exact: Latency;
  readonly trigram: Latency;
  /** Share of names with one typo whose name is among the ten aliases that are most like it. */
  readonly recallAt10: number;
  readonly rssMb: number;
}

/** In microseconds; the mean in CPU time, which others' work on the machine leaves alone. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly meanCpu: number;
}

interface Misspelt {
  readonly typo: string;
  readonly name: string;
  /** The name's fold. */
  readonly key: string;
}

const EXACT = 20_000;
const TYPOS = 2000;
const WARM_UP = 100;
const SHORTEST = 6;
const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

const started = performance.now();
const startedCpu = process.cpuUsage();
const kb = await InMemoryLookupKB.fromDisk(process.argv[2] as string);
kb.getCandidates(kb.aliasStrings.at(0));
const loadSeconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(startedCpu);

const random = makeRandom("look-up", 1);
const names = Array.from({ length: EXACT }, () => anyAlias());
for (const name of names.slice(0, 2000)) kb.getAliasCandidates(name);
const exact = latencies(names, (name) => kb.getAliasCandidates(name));

const warmUp = misspell(WARM_UP); // not those that are timed: answers are remembered
const misspelt = misspell(TYPOS);
await writeLines(
  process.argv[3] as string,
  misspelt.map(({ typo, name }) => JSON.stringify({ typo, name })),
);
for (const { typo } of warmUp) kb.aliases.trigram(typo);
let found = 0;
const trigram = latencies(misspelt, ({ typo, key }) => {
  if (kb.aliases.trigram(typo).some(({ alias }) => fold(kb.aliasStrings.at(alias)) === key)) found++;
});

globalThis.gc?.();
await setImmediate();
globalThis.gc?.();
const figures: LookUpFigures = {
  loadSeconds,
  loadCpuSeconds: (user + system) / 1e6,
  entities: kb.getSizeEntities(),
  aliases: kb.getSizeAliases(),
  candidates: kb.candidateEntities.length,
  exact,
  trigram,
  recallAt10: found / TYPOS,
  rssMb: process.memoryUsage.rss() / 2 ** 20,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

function anyAlias(): string {
  return kb.aliasStrings.at(Math.floor(random.next() * kb.getSizeAliases()));
}

function misspell(count: number): Misspelt[] {
  const misspelt: Misspelt[] = [];
  while (misspelt.length < count) {
    const name = anyAlias();
    if (name.length < SHORTEST) continue;
    const typo = withTypo(name, random);
    if (fold(typo) !== fold(name)) misspelt.push({ typo, name, key: fold(name) });
  }
  return misspelt;
}

function latencies<T>(items: readonly T[], ask: (item: T) => unknown): Latency {
  const cpu = process.cpuUsage();
  const times = items.map((item) => {
    const before = process.hrtime.bigint();
    ask(item);
    return Number(process.hrtime.bigint() - before) / 1000;
  });
  const spent = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(share * times.length)] as number;
  return { p50: at(0.5), p99: at(0.99), meanCpu: (spent.user + spent.system) / items.length };
}

/** A name with one letter, not the first, wrong, missing, too many, or swapped with the next. */
function withTypo(name: string, random: Random): string {
  const at = 1 + Math.floor(random.next() * (name.length - 2));
  const letter = pick(LETTERS, random);
  const kinds = [
    name.slice(0, at) + letter + name.slice(at + 1),
    name.slice(0, at) + name.slice(at + 1),
    name.slice(0, at) + letter + name.slice(at),
    name.slice(0, at) + name.charAt(at + 1) + name.charAt(at) + name.slice(at + 2),
  ];
  return pick(kinds, random);
}
