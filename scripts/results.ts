/**
 * Trains every preset whose data is there, as it stands and as the bare card, with three seeds each, and writes
 * docs/results.md. `npm run results -- starter bible` does some presets only and prints instead of writing.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readConfig } from "../src/linker/config.js";
import type { Evaluation } from "../src/scoring/evaluation.js";

interface Run {
  readonly preset: string;
  readonly variant: "full" | "card";
  readonly seed: number;
  readonly dev: Evaluation;
  readonly test?: Evaluation;
  readonly about: { readonly best_epoch: number; readonly epochs: number };
  readonly feature_mentions_per_cpu_second: number;
  readonly training_mentions_per_cpu_second: number;
  readonly training_cpu_seconds: number;
  readonly linking_mentions_per_cpu_second: number;
  readonly peak_mb: number;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const PRESETS = ["starter", "bible", "geo", "wiki", "wsd"];
const SEEDS = [1, 2, 3];
const VARIANTS = ["full", "card"] as const;

const QUALITY_HEAD = [
  "preset",
  "mentions",
  "prior",
  "bare card",
  "full",
  "oracle",
  "full, ambiguous",
  "card, ambiguous",
  "NIL F",
  "ECE",
];

const asked = process.argv.slice(2);
const wanted = asked.length > 0 ? asked : PRESETS;
const present = wanted.filter((preset) => {
  const { paths } = readConfig(join(root, "configs", `${preset}.toml`));
  const isThere = existsSync(paths.train);
  if (!isThere) process.stderr.write(`${preset}: skipped, there is no ${paths.train}\n`);
  return isThere;
});
const jobs = present.flatMap((preset) =>
  VARIANTS.flatMap((variant) => SEEDS.map((seed) => [preset, variant, seed] as const)),
);
const runs: Run[] = [];
let next = 0;
await Promise.all(Array.from({ length: Math.min(2, cpus().length) }, worker));
const text = report(present, runs);
if (asked.length > 0) process.stdout.write(text);
else writeFileSync(join(root, "docs", "results.md"), text);

async function worker(): Promise<void> {
  while (next < jobs.length) {
    const [preset, variant, seed] = jobs[next++] as (typeof jobs)[number];
    const run = await runOne(preset, variant, seed);
    runs.push(run);
    const { accuracy, accuracy_ambiguous } = run.dev;
    process.stderr.write(
      `[${runs.length}/${jobs.length}] ${preset} ${variant} seed ${seed}: ` +
        `dev ${percent(accuracy)} / ${percent(accuracy_ambiguous)}\n`,
    );
  }
}

function runOne(preset: string, variant: string, seed: number): Promise<Run> {
  return new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL("results-run.js", import.meta.url));
    const child = spawn(process.execPath, [script, preset, variant, String(seed)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(output) as Run);
      else reject(new Error(`${preset} ${variant} ${seed} ended with ${code}`));
    });
  });
}

function report(presets: readonly string[], all: readonly Run[]): string {
  const of = (preset: string, variant: string): Run[] =>
    all.filter((run) => run.preset === preset && run.variant === variant).sort((a, b) => a.seed - b.seed);
  const intro = readFileSync(join(root, "docs", "results-intro.md"), "utf8");
  const quality = presets.map((preset) =>
    qualityRow(preset, of(preset, "full"), of(preset, "card"), (run) => run.dev),
  );
  const heldOut = presets.flatMap((preset) => {
    const full = of(preset, "full");
    return full[0]?.test
      ? [qualityRow(preset, full, of(preset, "card"), (run) => run.test as Evaluation)]
      : [];
  });
  const cost = presets.map((preset) => costRow(preset, of(preset, "full")));
  return [
    intro.trimEnd(),
    "\n## Dev\n",
    table(QUALITY_HEAD, quality),
    ...(heldOut.length > 0
      ? ["\n## Test: texts that nothing was chosen on\n", table(QUALITY_HEAD, heldOut)]
      : []),
    "\n## Cost of the full model\n",
    table(
      [
        "preset",
        "mentions trained on, CPU-s and epoch",
        "mentions to features, CPU-s",
        "training in all, CPU-s",
        "best epoch",
        "mentions linked, CPU-s",
        "peak memory, MB",
      ],
      cost,
    ),
    "",
  ].join("\n");
}

function qualityRow(
  preset: string,
  full: readonly Run[],
  card: readonly Run[],
  scores: (run: Run) => Evaluation,
): string[] {
  const first = scores(full[0] as Run);
  const of = (runs: readonly Run[], key: keyof Evaluation): string =>
    spread(runs.map((run) => scores(run)[key] as number));
  return [
    preset,
    String(first.n_mentions),
    percent(first.prior_accuracy),
    of(card, "accuracy"),
    `**${of(full, "accuracy")}**`,
    percent(first.oracle_accuracy),
    of(full, "accuracy_ambiguous"),
    of(card, "accuracy_ambiguous"),
    of(full, "nil_f"),
    of(full, "ece"),
  ];
}

function costRow(preset: string, runs: readonly Run[]): string[] {
  const middle = (pick: (run: Run) => number): string =>
    Math.round(median(runs.map(pick))).toLocaleString("en");
  return [
    preset,
    middle((run) => run.training_mentions_per_cpu_second),
    middle((run) => run.feature_mentions_per_cpu_second),
    middle((run) => run.training_cpu_seconds),
    runs.map((run) => run.about.best_epoch).join(", "),
    middle((run) => run.linking_mentions_per_cpu_second),
    middle((run) => run.peak_mb),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Mean and standard deviation over seeds, in percent. */
function spread(shares: readonly number[]): string {
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
  const variance =
    shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / Math.max(1, shares.length - 1);
  return `${percent(mean)} ± ${percent(Math.sqrt(variance))}`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}
