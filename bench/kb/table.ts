import { type Cost, growthTableOf, type Row, rounded, tableOf } from "../measure/table.js";
import type { KbFigures } from "./main.js";
import type { NameIndexFigures } from "./name-index.js";

const MB = 1e6;
const ROWS: readonly Row<KbFigures>[] = [
  ["entities", ({ lookUp }) => String(lookUp.entities)],
  ["aliases", ({ lookUp }) => String(lookUp.aliases)],
  ["candidates", ({ lookUp }) => String(lookUp.candidates)],
  ["create-index, CPU-s", ({ create }) => create.cpuSeconds.toFixed(1)],
  ["create-index, wall s", ({ create }) => create.wallSeconds.toFixed(1)],
  ["create-index, peak MB", ({ create }) => create.peakMb.toFixed(0)],
  ["load and first look-up, s", ({ lookUp }) => lookUp.loadSeconds.toFixed(2)],
  ["load and first look-up, CPU-s", ({ lookUp }) => lookUp.loadCpuSeconds.toFixed(2)],
  ["model loaded and first link, s", ({ link }) => link.firstLinkSeconds.toFixed(2)],
  ["the same, process start included", ({ link }) => link.fromProcessStart.toFixed(2)],
  ["the same, CPU-s", ({ link }) => link.cpuSeconds.toFixed(2)],
  ["exact look-up p50 / p99, us", ({ lookUp: { exact } }) => pair(exact, 1)],
  ["exact look-up, mean CPU-us", ({ lookUp: { exact } }) => exact.meanCpu.toFixed(1)],
  ["trigram look-up p50 / p99, us", ({ lookUp: { trigram } }) => pair(trigram, 0)],
  ["trigram look-up, mean CPU-us", ({ lookUp: { trigram } }) => trigram.meanCpu.toFixed(0)],
  ["recall@10, one typo", ({ lookUp }) => lookUp.recallAt10.toFixed(3)],
  ["TF-IDF and nmslib: names indexed", ({ reference }) => rounded(reference?.names)],
  ["the same: build, CPU-s", ({ reference }) => rounded(reference?.buildCpuSeconds, 1)],
  ["the same: build, CPU-us a name", ({ reference }) => rounded(microsecondsOf(reference))],
  [
    "ours: create-index, CPU-us a name",
    ({ create, lookUp }) => rounded((1e6 * create.cpuSeconds) / lookUp.aliases),
  ],
  ["TF-IDF and nmslib: index, MB", ({ reference }) => rounded(reference?.indexMb)],
  ["the same: look-up p50, us", ({ reference }) => rounded(reference?.p50)],
  ["the same: look-up, mean CPU-us", ({ reference }) => rounded(reference?.meanCpu)],
  ["the same: recall@10, one typo", ({ reference }) => rounded(reference?.recallAt10, 3)],
  ["resident after look-ups, MB", ({ lookUp }) => lookUp.rssMb.toFixed(0)],
  ["resident while linking, MB", ({ link }) => link.rssMb.toFixed(0)],
];

const COSTS: readonly Cost<KbFigures>[] = [
  ["create-index, CPU-s", ({ create }) => create.cpuSeconds],
  ["create-index, peak MB", ({ create }) => create.peakMb],
  ["load and first look-up, CPU-s", ({ lookUp }) => lookUp.loadCpuSeconds],
  ["model loaded and first link, CPU-s", ({ link }) => link.cpuSeconds],
  ["exact look-up, mean CPU-us", ({ lookUp }) => lookUp.exact.meanCpu],
  ["trigram look-up, mean CPU-us", ({ lookUp }) => lookUp.trigram.meanCpu],
  ["resident after look-ups, MB", ({ lookUp }) => lookUp.rssMb],
  ["resident while linking, MB", ({ link }) => link.rssMb],
  ["folder, MB", ({ bytes }) => sum(Object.values(bytes))],
];

/**
 * A table in Markdown, a column a knowledge base, and how costs grow.
 * @param made how many of the first are made up: one kind of names, in several sizes
 */
export function reportOf(figures: readonly KbFigures[], made: number): string {
  const files = [...new Set(figures.flatMap(({ bytes }) => Object.keys(bytes)))];
  const sizes = files.map(
    (name): Row<KbFigures> => [`${name}, MB`, ({ bytes }) => ((bytes[name] ?? 0) / MB).toFixed(1)],
  );
  const total: Row<KbFigures> = ["folder, MB", ({ bytes }) => (sum(Object.values(bytes)) / MB).toFixed(1)];
  const size = ({ lookUp: { entities, aliases } }: KbFigures): number => entities + aliases;
  return tableOf(figures, [...ROWS, ...sizes, total]) + growthTableOf(figures.slice(0, made), COSTS, size);
}

function microsecondsOf(reference: NameIndexFigures | undefined): number | undefined {
  return reference && (1e6 * reference.buildCpuSeconds) / reference.names;
}

function pair({ p50, p99 }: { readonly p50: number; readonly p99: number }, digits: number): string {
  return `${p50.toFixed(digits)} / ${p99.toFixed(digits)}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
