import { createReadStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { makeProgress, say } from "../../src/cli/progress.js";
import { measured, type Usage } from "./child.js";
import type { LinkFigures } from "./link.js";
import type { LookUpFigures } from "./look-up.js";
import { writeSyntheticSource } from "./synthetic-kb.js";
import { tableOf } from "./table.js";

/** What one knowledge base costs. */
export interface KbFigures {
  readonly source: string;
  readonly create: Usage;
  readonly lookUp: LookUpFigures;
  readonly link: LinkFigures;
  /** Of the model's knowledge base, vectors included. */
  readonly bytes: Readonly<Record<string, number>>;
}

const MAIN = new URL("../../src/cli/main.js", import.meta.url);
const LOOK_UP = new URL("./look-up.js", import.meta.url);
const LINK = new URL("./link.js", import.meta.url);
const MAKE_MODEL = new URL("./make-model.js", import.meta.url);
const STEPS = 5;

/**
 * `kb [--sizes 10k,100k,1.1m] [--source FOLDER ...] [--keep FOLDER] [--json]`: index, load, look up and link, on made-up
 * knowledge bases of these sizes, and on source folders.
 */
export async function benchKb(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      sizes: { type: "string", default: "10k,100k,1.1m" },
      source: { type: "string", multiple: true, default: [] },
      keep: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const folder = values.keep ?? (await mkdtemp(join(tmpdir(), "linkwright-bench-")));
  try {
    const sources = await sourcesOf(values.sizes, values.source, folder);
    const figures: KbFigures[] = [];
    for (const source of sources) figures.push(await measure(source, folder));
    process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : tableOf(figures));
  } finally {
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

/** The folders to measure, those that are made up first. */
async function sourcesOf(sizes: string, given: readonly string[], folder: string): Promise<string[]> {
  const made: string[] = [];
  for (const text of sizes.split(",").filter((size) => size !== "")) {
    const dir = join(folder, `synthetic-${text}`);
    if (!existsSync(join(dir, "aliases.jsonl"))) {
      say(`making ${text} entities`);
      await writeSyntheticSource(dir, entitiesOf(text));
    }
    made.push(dir);
  }
  return [...made, ...given];
}

/** "10k" => 10000, "1.1m" => 1100000. */
function entitiesOf(text: string): number {
  const [, digits, unit = ""] = /^([\d.]+)([km]?)$/.exec(text) ?? [];
  const count = Math.round(Number(digits) * { "": 1, k: 1e3, m: 1e6 }[unit as "" | "k" | "m"]);
  if (count >= 1) return count;
  throw new TypeError(`Found the size "${text}". Expected such as 500, 10k or 1.1m.`);
}

async function measure(source: string, folder: string): Promise<KbFigures> {
  const work = await mkdtemp(join(folder, "run-"));
  const [kb, model] = [join(work, "kb"), join(work, "model")];
  const progress = makeProgress(source);
  let step = 0;
  const next = (what: string): void => {
    progress.update(step++, STEPS, what);
    if (!process.stderr.isTTY) say(`${source}: ${what} (load ${loadavg()[0]?.toFixed(1)})`);
  };
  next("reading the source once");
  await mkdir(work, { recursive: true });
  for (const name of ["entities.jsonl", "aliases.jsonl"]) await readOnce(join(source, name));
  next("create-index");
  const { usage: create } = await measured(MAIN, "create-index", source, kb);
  next("look-ups");
  const { result: lookUp } = await measured<LookUpFigures>(LOOK_UP, kb);
  next("vectors");
  await measured(MAKE_MODEL, kb, model);
  next("links");
  const { result: link } = await measured<LinkFigures>(LINK, model);
  const bytes = await sizesOf(join(model, "kb"));
  progress.clear();
  await rm(work, { recursive: true, force: true });
  return { source, create, lookUp, link, bytes };
}

/** So that create-index is measured, and not the disk. */
async function readOnce(path: string): Promise<void> {
  for await (const _ of createReadStream(path, { highWaterMark: 1 << 20 }));
}

async function sizesOf(dir: string): Promise<Record<string, number>> {
  const names = (await readdir(dir)).sort();
  const sizes = await Promise.all(
    names.map(async (name) => [name, (await stat(join(dir, name))).size] as const),
  );
  return Object.fromEntries(sizes);
}
