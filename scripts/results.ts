/**
 * Trains every preset whose data is there, as it stands and as the bare card, with three seeds each, and once three
 * seeds together, and writes docs/results.md. `npm run results -- starter bible` does some presets only and prints instead of writing.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readConfig } from "../src/linker/config.js";
import type { Evaluation } from "../src/scoring/evaluation.js";
import { type Spread, spreadOf } from "../src/scoring/spread.js";
import type { PrecisionGot } from "./precision.js";

type Variant = "full" | "card" | "together";

interface Run {
  readonly preset: string;
  readonly variant: Variant;
  readonly seed: number;
  readonly dev: Evaluation;
  readonly test?: Evaluation;
  readonly best_epoch: readonly number[];
  readonly precision: { readonly dev: readonly PrecisionGot[]; readonly test?: readonly PrecisionGot[] };
  readonly model_mb: number;
  readonly feature_mentions_per_cpu_second: number;
  readonly training_mentions_per_cpu_second: number;
  readonly training_cpu_seconds: number;
  readonly linking_mentions_per_cpu_second: number;
  readonly peak_mb: number;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const PRESETS = ["starter", "bible", "geo", "wiki", "wsd"];
const SEEDS = [1, 2, 3];
const JOBS: readonly (readonly [variant: Variant, seeds: readonly number[]])[] = [
  ["full", SEEDS],
  ["card", SEEDS],
  ["together", [1]],
];
/** Dev accuracy of spaCy 3.8.18's entity_linker at its best epoch, and in brackets with its best threshold on dev. */
const SPACY: Readonly<Record<string, string>> = {
  bible: "86.5 (87.2)",
  geo: "74.3",
  wiki: "59.1 (69.6)",
  wsd: "63.0",
};

const QUALITY_HEAD = [
  "preset",
  "mentions",
  "prior",
  "bare card",
  "full",
  "three seeds together",
  "oracle",
  "full, ambiguous",
  "card, ambiguous",
  "NIL P / R / F",
  "ECE",
];

const PRECISION_INTRO = `Share of links that are right, and in brackets share of mentions with candidates that are linked, added up over seeds;
confidence 90 %. *dev, held out*: calibration and threshold from four fifths of dev's documents, links of the last fifth,
in turn. *test*: calibration and threshold from dev. Where nothing is linked, dev can't vouch for that much.
`;

const asked = process.argv.slice(2);
const wanted = asked.length > 0 ? asked : PRESETS;
const present = wanted.filter((preset) => {
  const { paths } = readConfig(join(root, "configs", `${preset}.toml`));
  const isThere = existsSync(paths.train);
  if (!isThere) process.stderr.write(`${preset}: skipped, there is no ${paths.train}\n`);
  return isThere;
});
const jobs = present.flatMap((preset) =>
  JOBS.flatMap(([variant, seeds]) => seeds.map((seed) => [preset, variant, seed] as const)),
);
const runs: Run[] = [];
let next = 0;
await Promise.all(Array.from({ length: Math.min(2, cpus().length) }, worker));
writeFileSync(fileURLToPath(new URL("results.json", import.meta.url)), JSON.stringify(runs)); // the raw figures, in dist
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
  const variants = (preset: string): VariantRuns => ({
    full: of(preset, "full"),
    card: of(preset, "card"),
    together: of(preset, "together")[0] as Run,
  });
  const quality = presets.map((preset) => {
    const [first, second, ...others] = qualityRow(preset, variants(preset), (run) => run.dev);
    return [first as string, second as string, SPACY[preset] ?? "-", ...others];
  });
  const heldOut = presets
    .filter((preset) => of(preset, "full")[0]?.test)
    .map((preset) => qualityRow(preset, variants(preset), (run) => run.test as Evaluation));
  const precision = presets.flatMap((preset) => precisionRows(preset, of(preset, "full")));
  const cost = presets.map((preset) => costRow(preset, variants(preset)));
  return [
    intro.trimEnd(),
    "\n## Dev\n",
    table([...QUALITY_HEAD.slice(0, 2), "spaCy", ...QUALITY_HEAD.slice(2)], quality),
    ...(heldOut.length > 0
      ? ["\n## Test: texts that nothing was chosen on\n", table(QUALITY_HEAD, heldOut)]
      : []),
    "\n## Precision asked for, and got\n",
    PRECISION_INTRO,
    table(["preset", "links of", "asked 90", "asked 95", "asked 98"], precision),
    "\n## Cost of the full model\n",
    table(
      [
        "preset",
        "mentions trained on, CPU-s and epoch",
        "mentions to features, CPU-s",
        "training in all, CPU-s",
        "best epoch",
        "mentions linked, CPU-s",
        "the same, three seeds",
        "model beside the knowledge base, MB",
        "the same, three seeds",
        "peak memory, MB",
      ],
      cost,
    ),
    "",
  ].join("\n");
}

interface VariantRuns {
  readonly full: readonly Run[];
  readonly card: readonly Run[];
  readonly together: Run;
}

function qualityRow(
  preset: string,
  { full, card, together }: VariantRuns,
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
    percent(scores(together).accuracy),
    percent(first.oracle_accuracy),
    of(full, "accuracy_ambiguous"),
    of(card, "accuracy_ambiguous"),
    (["nil_p", "nil_r", "nil_f"] as const).map((key) => of(full, key)).join(" / "),
    of(full, "ece"),
  ];
}

/** One row for dev by cross-validation, one for the test set. */
function precisionRows(preset: string, runs: readonly Run[]): string[][] {
  const row = (name: string, gots: readonly (readonly PrecisionGot[])[]): string[] => [
    preset,
    name,
    ...(gots[0] as readonly PrecisionGot[]).map((_, asked) => {
      const own = gots.map((got) => got[asked] as PrecisionGot);
      const sum = (key: "mentions" | "linked" | "right"): number =>
        own.reduce((all, got) => all + got[key], 0);
      if (sum("linked") === 0) return "nothing linked";
      return `${percent(sum("right") / sum("linked"))} (${percent(sum("linked") / sum("mentions"))})`;
    }),
  ];
  const tests = runs.flatMap(({ precision }) => (precision.test ? [precision.test] : []));
  const dev = row(
    "dev, held out",
    runs.map(({ precision }) => precision.dev),
  );
  return tests.length > 0 ? [dev, row("test", tests)] : [dev];
}

function costRow(preset: string, { full: runs, together }: VariantRuns): string[] {
  const middle = (pick: (run: Run) => number): string =>
    Math.round(median(runs.map(pick))).toLocaleString("en");
  return [
    preset,
    middle((run) => run.training_mentions_per_cpu_second),
    middle((run) => run.feature_mentions_per_cpu_second),
    middle((run) => run.training_cpu_seconds),
    runs.flatMap((run) => run.best_epoch).join(", "),
    middle((run) => run.linking_mentions_per_cpu_second),
    Math.round(together.linking_mentions_per_cpu_second).toLocaleString("en"),
    median(runs.map((run) => run.model_mb)).toFixed(1),
    together.model_mb.toFixed(1),
    middle((run) => run.peak_mb),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Mean and standard deviation over seeds, in percent. */
function spread(shares: readonly number[]): string {
  const { mean, sd }: Spread = spreadOf(shares);
  return `${percent(mean)} ± ${percent(sd)}`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}
