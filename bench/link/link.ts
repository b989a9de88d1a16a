/** `node link.js MODEL DOCUMENTS BACKEND`: links documents in memory on one core, in a process of its own; prints a line of JSON. */
import { setImmediate } from "node:timers/promises";
import { readDocs } from "../../src/formats/doc-jsonl.js";
import type { Linker } from "../../src/linker/linker.js";
import { loadLinker } from "../../src/plugins/load-linker.js";
import { loadBackend } from "../../src/tensor/backend.js";
import { Doc } from "../../src/text/doc.js";
import type { BackendChoice } from "../corpora/corpora.js";
import { type Spent, startClock, watchCollector } from "../measure/clock.js";
import { stayOnOneCore } from "../measure/one-core.js";

export interface LinkFigures {
  /** Candidates of a mention, on average. */
  readonly candidates: number;
  readonly isOnOneCore: boolean;
  /** Linked in each pass, candidates and tokens and features included. */
  readonly mentions: number;
  /** The passes after the first, in mentions a CPU-second. */
  readonly perCpuSecond: readonly number[];
  readonly collectorShare: number;
  /** Calls with a sentence of one mention or a few, after as many to warm up. */
  readonly single: { readonly wall: Latency; readonly cpu: Latency; readonly characters: number };
}

/** In milliseconds; in CPU time others on the machine have less of a part. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

const PASSES = 8;
const CALLS = 3000;
/** Documents that are linked at once, as `pipe` does. */
const BATCH = 128;

const [model = "", documents = "", backend = ""] = process.argv.slice(2);
const isOnOneCore = stayOnOneCore();
const linker = await loadLinker(model, await loadBackend(backend as BackendChoice));
const given: Doc[] = [];
for await (const doc of readDocs(documents)) given.push(doc);
const mentions = given.reduce((sum, { ents }) => sum + ents.length, 0);

const collector = watchCollector();
const passes: Spent[] = [];
const started = startClock();
for (let pass = 0; pass < PASSES; pass++) {
  passes.push(linkAll(linker, given));
  await setImmediate(); // the collector's times come in only now
}
const collectorShare = collector() / started().wallSeconds;
const figures: LinkFigures = {
  candidates: candidatesPerMention(linker, given) / mentions,
  isOnOneCore,
  mentions,
  perCpuSecond: passes.slice(1).map(({ cpuSeconds }) => mentions / cpuSeconds),
  collectorShare,
  single: callEach(linker, given.flatMap(sentencesOf)),
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

function linkAll(linker: Linker, docs: readonly Doc[]): Spent {
  const spent = startClock();
  for (let from = 0; from < docs.length; from += BATCH)
    linker.predict(docs.slice(from, from + BATCH).map(anew));
  return spent();
}

/** The document as it came: without tokens, and without links. */
function anew({ text, ents }: Doc): Doc {
  return new Doc(text, { ents: ents.map(({ start, end, label }) => ({ start, end, label })) });
}

function candidatesPerMention(linker: Linker, docs: readonly Doc[]): number {
  const all = docs.flatMap((doc) => linker.mentionsOf(anew(doc)));
  return all.reduce((sum, { candidates }) => sum + candidates.entities.length, 0);
}

/** Each sentence with a mention as a document of its own. */
function sentencesOf({ text, sents, ents }: Doc): Doc[] {
  return sents.flatMap(({ start, end }) => {
    const own = ents.filter((ent) => ent.start >= start && ent.end <= end);
    const moved = own.map((ent) => ({ start: ent.start - start, end: ent.end - start, label: ent.label }));
    return own.length > 0 ? [new Doc(text.slice(start, end), { ents: moved })] : [];
  });
}

function callEach(linker: Linker, sentences: readonly Doc[]): LinkFigures["single"] {
  const wall: number[] = [];
  const cpu: number[] = [];
  let characters = 0;
  for (let call = 0; call < 2 * CALLS; call++) {
    const doc = anew(sentences[call % sentences.length] as Doc);
    const spent = startClock();
    linker.call(doc);
    const { cpuSeconds, wallSeconds } = spent();
    if (call < CALLS) continue;
    wall.push(1000 * wallSeconds);
    cpu.push(1000 * cpuSeconds);
    characters += doc.text.length / CALLS;
  }
  return { wall: latencyOf(wall), cpu: latencyOf(cpu), characters };
}

function latencyOf(times: number[]): Latency {
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(share * times.length)] as number;
  return { p50: at(0.5), p99: at(0.99) };
}
