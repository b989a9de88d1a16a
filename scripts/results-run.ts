/**
 * One training of docs/results.md in a process of its own, so that its CPU time and memory are its own:
 * `node dist/scripts/results-run.js PRESET full|card|together SEED` prints one JSON object; together trains three seeds
 * from the one given and keeps them together.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openKb } from "../src/kb/open-kb.js";
import { type Bundle, linkerFrom, writeBundle } from "../src/linker/bundle.js";
import { readConfig } from "../src/linker/config.js";
import { evaluate } from "../src/scoring/evaluation.js";
import { loadTrainingBackend } from "../src/tensor/backend.js";
import { Doc } from "../src/text/doc.js";
import { checkAnnotation, loadDocs } from "../src/training/corpus.js";
import { type SeedReport, trainOn } from "../src/training/train.js";
import { VERSION } from "../src/version.js";
import { crossValidated, judgeDocs, transferred } from "./precision.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Passes over dev while linking is timed: one alone is too short. */
const LEAST_LINKING_SECONDS = 3;

const SEEDS_TOGETHER = 3;
/** Presets with a test set that nothing was chosen on. */
const HELD_OUT = ["starter", "bible"];

const [preset = "starter", variant = "full", seed = "1"] = process.argv.slice(2);
const base = readConfig(join(root, "configs", `${preset}.toml`), {
  "training.seed": Number(seed),
  "training.backend": "wasm",
  ...(variant === "together" && { "training.seeds": SEEDS_TOGETHER }),
});
const card = readConfig(join(root, "configs", "card.toml"));
const config = variant === "card" ? { ...base, model: card.model } : base;
const kb = await openKb(config.paths.kb as string);
const train = await loadDocs(config.paths.train, "paths.train");
const dev = await loadDocs(config.paths.dev, "paths.dev");
checkAnnotation(train, kb, config.paths.train);

const backend = await loadTrainingBackend(config.training.backend);
const stages = new Map<string, number>();
let mark = cpuSeconds();
let stage = "";
let trained = 0;
const bundle = await trainOn(config, { kb, train, dev }, backend, {
  onStage: (next) => {
    stages.set(stage, cpuSeconds() - mark);
    stage = next;
    mark = cpuSeconds();
  },
  onStep: ({ mentions }) => {
    trained += mentions;
  },
});
const linker = linkerFrom(bundle, backend);
const devScores = await evaluate(linker, dev);
const testPath = join(config.paths.dev, "..", "test.jsonl");
const testDocs =
  HELD_OUT.includes(preset) && existsSync(testPath) ? await loadDocs(testPath, "test") : undefined;
const test = testDocs && (await evaluate(linker, testDocs));
const judged = judgeDocs(bundle, dev, backend);
const featureSeconds = stages.get("features") as number;
const result = {
  preset,
  variant,
  seed: Number(seed),
  dev: devScores,
  test,
  best_epoch: (bundle.about.seeds as readonly SeedReport[]).map((report) => report.best_epoch),
  precision: {
    dev: crossValidated(judged),
    test: testDocs && transferred(judged, judgeDocs(bundle, testDocs, backend)),
  },
  model_mb: await modelSize(bundle),
  feature_mentions_per_cpu_second: countMentions([...train, ...dev]) / featureSeconds,
  training_mentions_per_cpu_second: trained / (stages.get("training") as number),
  training_cpu_seconds: featureSeconds + (stages.get("training") as number),
  linking_mentions_per_cpu_second: linkingSpeed(dev),
  peak_mb: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(`${JSON.stringify(result)}\n`);

/** From documents in memory to links, tokens and features included: every pass gets fresh documents. */
function linkingSpeed(docs: readonly Doc[]): number {
  const started = cpuSeconds();
  let mentions = 0;
  while (cpuSeconds() - started < LEAST_LINKING_SECONDS) {
    for (let from = 0; from < docs.length; from += 128) {
      const batch = docs
        .slice(from, from + 128)
        .map((doc) => new Doc(doc.text, { id: doc.id, ents: doc.ents }));
      linker.predict(batch);
      mentions += countMentions(batch);
    }
  }
  return mentions / (cpuSeconds() - started);
}

/** Megabytes of the model's files beside its knowledge base. */
async function modelSize({ kb: _own, ...model }: Bundle): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "linkwright-"));
  try {
    const path = join(folder, "model");
    await writeBundle(model, path, { linkwrightVersion: VERSION });
    return readdirSync(path).reduce((sum, file) => sum + statSync(join(path, file)).size, 0) / 1e6;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function countMentions(docs: readonly Doc[]): number {
  return docs.reduce((sum, { ents }) => sum + ents.length, 0);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
