import { readFile, writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";
import { say } from "../../src/cli/progress.js";
import type { Corpus } from "../corpora/corpora.js";
import { eachCorpus } from "../corpora/each-corpus.js";
import { measured, type Usage } from "../measure/child.js";
import { type Row, ratio, rounded } from "../measure/table.js";
import { measureSpacy, type SpacyFigures } from "../spacy/spacy.js";
import type { Latency, LinkFigures } from "./link.js";

interface Figures extends LinkFigures {
  readonly name: string;
  readonly usage: Usage;
  /** `apply` over files of {@link FILE_SIZES}. */
  readonly applied: readonly Applied[];
  readonly spacy: SpacyFigures | undefined;
  readonly load: number;
}

/** `apply` over a file, in turns with one worker and with two. */
interface Applied {
  readonly mentions: number;
  readonly one: readonly Usage[];
  readonly two: readonly Usage[];
}

const TRAIN_MODEL = new URL("./train-model.js", import.meta.url);
const LINK = new URL("./link.js", import.meta.url);
const MAIN = new URL("../../src/cli/main.js", import.meta.url);
/** Characters of the files that `apply` links: one of which starting takes a good part, and one of which it does not. */
const FILE_SIZES = [8e6, 40e6];
/** Of each: what others do on the machine falls on some of them. */
const APPLY_RUNS = 3;

/** Links each corpus's dev documents on one core, beside spaCy; `apply` on two. */
export async function benchLink(args: string[]): Promise<void> {
  await eachCorpus(args, ROWS, measure);
}

async function measure(corpus: Corpus, work: string): Promise<Figures> {
  const { name, folder, backend } = corpus;
  const [model, long, dev] = [join(work, "model"), join(work, "long.jsonl"), join(folder, "dev.jsonl")];
  say(`${name}: a model to link with`);
  await measured(TRAIN_MODEL, JSON.stringify(corpus), model);
  const [load = 0] = loadavg();
  say(`${name}: linking (load ${load.toFixed(1)})`);
  const { result, usage } = await measured<LinkFigures>(LINK, model, dev, backend);
  const spacy = await measureSpacy(corpus);
  const apply = async (workers: number): Promise<Usage> => {
    const options = ["--workers", String(workers), "--backend", backend];
    return (await measured(MAIN, "apply", model, long, `${long}-${workers}.jsonl`, ...options)).usage;
  };
  const applied: Applied[] = [];
  for (const size of FILE_SIZES) {
    const times = await writeLong(dev, long, size);
    say(`${name}: apply (load ${loadavg()[0]?.toFixed(1)})`);
    const [one, two]: [Usage[], Usage[]] = [[], []];
    for (let run = 0; run < APPLY_RUNS; run++) {
      one.push(await apply(1));
      two.push(await apply(2));
    }
    applied.push({ mentions: times * result.mentions, one, two });
  }
  return {
    name,
    ...result,
    usage,
    spacy,
    load,
    applied,
  };
}

/** The documents again and again, until they make a file of that size. @returns how often */
async function writeLong(from: string, to: string, size: number): Promise<number> {
  const text = await readFile(from, "utf8");
  const times = Math.ceil(size / text.length);
  await writeFile(to, text.repeat(times));
  return times;
}

/** Of the passes: what others do on the machine takes something from some of them. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

const ROWS: readonly Row<Figures>[] = [
  ["mentions a pass", ({ mentions }) => rounded(mentions)],
  ["candidates a mention", ({ candidates }) => rounded(candidates, 1)],
  ["on one core", ({ isOnOneCore }) => (isOnOneCore ? "yes" : "no")],
  ["mentions a CPU-s, median of the passes", ({ perCpuSecond }) => rounded(median(perCpuSecond))],
  ["mentions a CPU-s, best pass", ({ perCpuSecond }) => rounded(Math.max(...perCpuSecond))],
  ["in the collector, %", ({ collectorShare }) => rounded(100 * collectorShare, 1)],
  ["one sentence, characters", ({ single }) => rounded(single.characters)],
  ["one sentence, p50 / p99, wall ms", ({ single }) => p50AndP99(single.wall)],
  ["one sentence, p50 / p99, CPU ms", ({ single }) => p50AndP99(single.cpu)],
  [
    "the whole process, CPU-s / wall s",
    ({ usage }) => `${rounded(usage.cpuSeconds, 1)} / ${rounded(usage.wallSeconds, 1)}`,
  ],
  ["peak MB", ({ usage }) => rounded(usage.peakMb)],
  ...FILE_SIZES.flatMap((_, i) => applyRows(({ applied }) => applied[i] as Applied)),
  ["spaCy, mentions a CPU-s", ({ spacy }) => rounded(spacy?.linkPerCpuSecond)],
  [
    "ours to spaCy's, mentions a CPU-s",
    (one) => ratio(median(one.perCpuSecond), one.spacy?.linkPerCpuSecond),
  ],
  ["load at the start", ({ load }) => rounded(load, 1)],
];

function applyRows(of: (figures: Figures) => Applied): Row<Figures>[] {
  return [
    ["apply, mentions", (figures) => rounded(of(figures).mentions)],
    ["apply --workers 1, wall s / CPU-s, best run", (figures) => wallAndCpu(quickest(of(figures).one))],
    ["apply --workers 2, wall s / CPU-s, best run", (figures) => wallAndCpu(quickest(of(figures).two))],
    ["two workers to one, wall: best runs; each run", (figures) => gains(of(figures))],
  ];
}

function quickest(runs: readonly Usage[]): Usage {
  return runs.reduce((best, run) => (run.wallSeconds < best.wallSeconds ? run : best));
}

/** "1.79 x; 1.79, 1.75, 1.81" */
function gains({ one, two }: Applied): string {
  const gain = (before: Usage, after: Usage): string => rounded(before.wallSeconds / after.wallSeconds, 2);
  const each = one.map((run, i) => gain(run, two[i] as Usage));
  return `${gain(quickest(one), quickest(two))} x; ${each.join(", ")}`;
}

function p50AndP99({ p50, p99 }: Latency): string {
  return `${rounded(p50, 2)} / ${rounded(p99, 2)}`;
}

function wallAndCpu({ wallSeconds, cpuSeconds }: Usage): string {
  return `${rounded(wallSeconds, 1)} / ${rounded(cpuSeconds, 1)}`;
}
