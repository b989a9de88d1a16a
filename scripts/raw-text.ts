/**
 * Measures what chooses among candidates with and without training, on dev of the presets whose data is there, and prints
 * the table of docs/raw-text.md: `node dist/scripts/raw-text.js [--cross-encoder MODEL] [PRESET ..]` after a build.
 * Scorers whose packages are not installed are left out.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { CandidateSource } from "../src/kb/text-candidate.js";
import { type Config, readConfig } from "../src/linker/config.js";
import { crossEncoder } from "../src/pairs/cross-encoder.js";
import type { PairScorer } from "../src/pairs/pair-scorer.js";
import { priorScorer } from "../src/pairs/prior-scorer.js";
import { useLite } from "../src/pairs/use-lite.js";
import { CONTEXT_TOKENS } from "../src/pipeline/create-linker.js";
import type { Disambiguator } from "../src/pipeline/disambiguator.js";
import { kbSource } from "../src/pipeline/kb-source.js";
import { documentLinks } from "../src/pipeline/model-links.js";
import { modelScorer } from "../src/pipeline/model-scorer.js";
import { pairLinks } from "../src/pipeline/pair-links.js";
import type { TextLink } from "../src/pipeline/text-link.js";
import { loadTrainingBackend } from "../src/tensor/backend.js";
import { type Doc, NIL } from "../src/text/doc.js";
import { readCorpora } from "../src/training/corpus.js";
import { type LearningCurve, learningCurve } from "../src/training/learning-curve.js";
import type { Corpora } from "../src/training/prepare.js";

/** A line of the table: shares of right links, and with the threshold that would be best on dev. */
interface Measured {
  readonly name: string;
  readonly accuracy: number;
  readonly best?: number | undefined;
  readonly threshold?: number | undefined;
}

const SIZES = [100, 1000];
const DOCUMENTS_AT_ONCE = 32;

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values, positionals } = parseArgs({
  options: { "cross-encoder": { type: "string" }, seeds: { type: "string", default: "3" } },
  allowPositionals: true,
});

for (const preset of positionals.length > 0 ? positionals : ["starter", "wiki"]) {
  const config = readConfig(join(root, "configs", `${preset}.toml`));
  if (existsSync(config.paths.train)) process.stdout.write(tableOf(preset, await measure(config)));
  else process.stderr.write(`${preset}: skipped, there is no ${config.paths.train}\n`);
}

async function measure(config: Config): Promise<Measured[]> {
  const corpora = await readCorpora(config);
  const measured: Measured[] = [];
  for (const scorer of scorers()) measured.push(await measurePairs(scorer, corpora));
  const source = kbSource(corpora.kb);
  const scorer = modelScorer();
  const byModel = async (name: string, from: CandidateSource): Promise<Measured> => {
    const links = await linkAll(documentLinks({ source: from, scorer }), corpora);
    return { name, accuracy: accuracyOf(links, corpora) };
  };
  measured.push(
    await byModel("the model that ships, on texts in the order of priors", withoutPriors(source)),
  );
  measured.push(await byModel("the model that ships, on texts and priors", source));
  const backend = await loadTrainingBackend(config.training.backend);
  const curve = await learningCurve(config, corpora, backend, {
    sizes: [0, ...SIZES],
    seeds: Number(values.seeds),
    inits: ["base"],
  });
  return [...measured, ...trained(curve)];
}

function trained({ curves }: LearningCurve): Measured[] {
  const points = curves[0]?.points ?? [];
  return points.map(({ size, accuracy }) => {
    const name = size === 0 ? "the model that ships, with the knowledge base" : `own model, ${size} mentions`;
    return { name, accuracy: accuracy.mean };
  });
}

function scorers(): PairScorer[] {
  const model = values["cross-encoder"];
  const made = [priorScorer, useLite, ...(model === undefined ? [] : [() => crossEncoder({ model })])];
  return made.flatMap((make) => {
    try {
      return [make()];
    } catch (error) {
      process.stderr.write(`${(error as Error).message}\n`);
      return [];
    }
  });
}

/** The same candidates in the same order, as a search would give them. */
function withoutPriors(source: CandidateSource): CandidateSource {
  const candidates: CandidateSource["candidates"] = async (mentions, options) => {
    const lists = await source.candidates(mentions, options);
    return lists.map((list) => list.map(({ prior: _prior, ...candidate }) => candidate));
  };
  return { candidates };
}

/** Links once without a threshold; what a threshold makes of that is counted afterwards. */
async function measurePairs(scorer: PairScorer, corpora: Corpora): Promise<Measured> {
  const source = kbSource(corpora.kb);
  const all = pairLinks({
    source,
    scorer,
    contextTokens: CONTEXT_TOKENS,
    threshold: Number.NEGATIVE_INFINITY,
  });
  const links = await linkAll(all, corpora);
  const at = (threshold: number): number =>
    accuracyOf(
      links.map((own) => own.map(cut(threshold))),
      corpora,
    );
  const scores = links.flat().flatMap(({ kbId, score }) => (kbId === NIL ? [] : [score]));
  const thresholds = quantiles(scores);
  const best = thresholds.reduce((a, b) => (at(b) > at(a) ? b : a));
  return { name: scorer.name, accuracy: at(scorer.threshold), best: at(best), threshold: best };
}

/** Fifty thresholds, from one that lets all pass. */
function quantiles(scores: readonly number[]): number[] {
  const sorted = [...scores].sort((a, b) => a - b);
  return Array.from({ length: 50 }, (_, i) => sorted[Math.floor((i * sorted.length) / 50)] as number);
}

function cut(threshold: number): (link: TextLink) => TextLink {
  return (link) => (link.kbId !== NIL && link.score < threshold ? { ...link, kbId: NIL } : link);
}

async function linkAll(disambiguate: Disambiguator, { dev }: Corpora): Promise<TextLink[][]> {
  const links: TextLink[][] = [];
  for (let from = 0; from < dev.length; from += DOCUMENTS_AT_ONCE) {
    links.push(...(await disambiguate(dev.slice(from, from + DOCUMENTS_AT_ONCE))));
  }
  return links;
}

/** Over all annotated mentions; an id that the knowledge base lacks counts as NIL. */
function accuracyOf(links: readonly (readonly TextLink[])[], { dev, kb }: Corpora): number {
  const goldOf = (kbId: string): string => (kb.containsEntity(kbId) ? kbId : NIL);
  const annotated = dev.flatMap(({ ents }: Doc, d) =>
    ents.flatMap(({ kbId }, i) => (kbId === "" ? [] : [links[d]?.[i]?.kbId === goldOf(kbId)])),
  );
  return annotated.filter((isRight) => isRight).length / annotated.length;
}

function tableOf(preset: string, rows: readonly Measured[]): string {
  const percent = (share: number): string => (100 * share).toFixed(1);
  const lines = rows.map(({ name, accuracy, best, threshold }) => {
    const tuned = best === undefined ? "" : `${percent(best)} (${(threshold as number).toFixed(2)})`;
    return `| ${name} | ${percent(accuracy)} | ${tuned} |`;
  });
  return [
    `| ${preset} dev | accuracy | with the best threshold |`,
    "| --- | --- | --- |",
    ...lines,
    "",
    "",
  ].join("\n");
}
