import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { makeProgress, say } from "../../src/cli/progress.js";
import { checkFiles, wholeNumber } from "../corpora/corpora.js";
import { countOf, type Source, SYNTHETIC_OPTIONS, sizesOf, syntheticSources } from "../made-up/sources.js";
import { measured, type Usage } from "../measure/child.js";
import { inTurn } from "../measure/in-turn.js";
import type { LinkFigures } from "./link.js";
import type { LookUpFigures } from "./look-up.js";
import { measureNameIndex, type NameIndexFigures } from "./name-index.js";
import { reportOf } from "./table.js";

/** What one knowledge base costs. */
export interface KbFigures {
  readonly name: string;
  readonly create: Usage;
  readonly lookUp: LookUpFigures;
  readonly reference: NameIndexFigures | undefined;
  readonly link: LinkFigures;
  /** Of the model's knowledge base, vectors included. */
  readonly bytes: Readonly<Record<string, number>>;
}

const MAIN = new URL("../../src/cli/main.js", import.meta.url);
const LOOK_UP = new URL("./look-up.js", import.meta.url);
const LINK = new URL("./link.js", import.meta.url);
const MAKE_MODEL = new URL("./make-model.js", import.meta.url);
const STEPS = 6;
const SOURCE_FILES = ["entities.jsonl", "aliases.jsonl"];

/**
 * Index, load, look up and link, on made-up knowledge bases of the sizes asked for, and on source folders; beside TF-IDF
 * and nmslib on so many of their names (`--reference-names`), as these take hours on all.
 */
export async function benchKb(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      ...SYNTHETIC_OPTIONS,
      source: { type: "string", multiple: true, default: [] as string[] },
      "reference-names": { type: "string", default: "20k" },
    },
  });
  const seed = wholeNumber("seed", values.seed);
  const sizes = sizesOf(values, { hasOthers: values.source.length > 0 });
  const referenceNames = countOf(values["reference-names"]);
  for (const source of values.source) checkFiles(source, SOURCE_FILES);
  const folder = values.keep ?? (await mkdtemp(join(tmpdir(), "linkwright-bench-")));
  try {
    const made = await syntheticSources(sizes, seed, folder);
    const sources = [...made, ...values.source.map((given) => ({ name: basename(given), folder: given }))];
    const report = (figures: readonly KbFigures[]): string => reportOf(figures, made.length);
    const figures = await inTurn(sources, {
      measure: (source) => measure(source, folder, referenceNames),
      report,
    });
    process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : report(figures));
  } finally {
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

async function measure(
  { name, folder: source }: Source,
  folder: string,
  referenceNames: number,
): Promise<KbFigures> {
  const work = await mkdtemp(join(folder, "run-"));
  const [kb, model, typos] = [join(work, "kb"), join(work, "model"), join(work, "typos.jsonl")];
  const progress = makeProgress(name);
  let step = 0;
  const next = (what: string): void => {
    progress.update(step++, STEPS, what);
    if (!process.stderr.isTTY) say(`${name}: ${what} (load ${loadavg()[0]?.toFixed(1)})`);
  };
  next("reading the source once");
  await mkdir(work, { recursive: true });
  for (const file of SOURCE_FILES) await readOnce(join(source, file));
  next("create-index");
  const { usage: create } = await measured(MAIN, "create-index", source, kb);
  next("look-ups");
  const { result: lookUp } = await measured<LookUpFigures>(LOOK_UP, kb, typos);
  next("the reference's look-ups");
  const aliases = join(source, "aliases.jsonl");
  const reference = await measureNameIndex(name, { aliases, typos, most: referenceNames });
  next("vectors");
  await measured(MAKE_MODEL, kb, model);
  next("links");
  const { result: link } = await measured<LinkFigures>(LINK, model);
  const bytes = await fileSizes(join(model, "kb"));
  progress.clear();
  await rm(work, { recursive: true, force: true });
  return { name, create, lookUp, reference, link, bytes };
}

/** So that create-index is measured, and not the disk. */
async function readOnce(path: string): Promise<void> {
  for await (const _ of createReadStream(path, { highWaterMark: 1 << 20 }));
}

async function fileSizes(dir: string): Promise<Record<string, number>> {
  const names = (await readdir(dir)).sort();
  const sizes = await Promise.all(
    names.map(async (name) => [name, (await stat(join(dir, name))).size] as const),
  );
  return Object.fromEntries(sizes);
}
