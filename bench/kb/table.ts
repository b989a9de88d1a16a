import { basename } from "node:path";
import type { KbFigures } from "./main.js";

type Row = readonly [what: string, value: (figures: KbFigures) => string];

const MB = 1e6;
const ROWS: readonly Row[] = [
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
  ["resident after look-ups, MB", ({ lookUp }) => lookUp.rssMb.toFixed(0)],
  ["resident while linking, MB", ({ link }) => link.rssMb.toFixed(0)],
];

/** A table in Markdown, a column a knowledge base. */
export function tableOf(figures: readonly KbFigures[]): string {
  const files = [...new Set(figures.flatMap(({ bytes }) => Object.keys(bytes)))];
  const sizes = files.map(
    (name): Row => [`${name}, MB`, ({ bytes }) => ((bytes[name] ?? 0) / MB).toFixed(1)],
  );
  const total: Row = ["folder, MB", ({ bytes }) => (sum(Object.values(bytes)) / MB).toFixed(1)];
  const growth: Row = ["create-index against n log n of the one before", (one) => growthOf(figures, one)];
  const rows = [...ROWS, ...sizes, total, growth];
  const lines = [
    `| | ${figures.map(({ source }) => basename(source)).join(" | ")} |`,
    `| --- |${" ---: |".repeat(figures.length)}`,
    ...rows.map(([what, value]) => `| ${what} | ${figures.map(value).join(" | ")} |`),
  ];
  return `${lines.join("\n")}\n`;
}

function pair({ p50, p99 }: { readonly p50: number; readonly p99: number }, digits: number): string {
  return `${p50.toFixed(digits)} / ${p99.toFixed(digits)}`;
}

/** How much longer it took than the knowledge base before, in units of what n log n allows; 1 is n log n. */
function growthOf(figures: readonly KbFigures[], one: KbFigures): string {
  const before = figures[figures.indexOf(one) - 1];
  if (!before) return "";
  const work = ({ lookUp: { entities, aliases } }: KbFigures): number => {
    return (entities + aliases) * Math.log(entities + aliases);
  };
  return (one.create.cpuSeconds / before.create.cpuSeconds / (work(one) / work(before))).toFixed(2);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
