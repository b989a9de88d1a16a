/** A knowledge base of eight entities, twenty documents about them, and ways to train and to run the command on them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Tensor } from "@tensorflow/tfjs-core";
import { InMemoryLookupKB } from "../src/kb/in-memory-lookup-kb.js";
import { type Config, checkConfig } from "../src/linker/config.js";
import type { Backend } from "../src/tensor/backend.js";
import { Doc, type Span } from "../src/text/doc.js";

export const ENTITIES = [
  { id: "Q1", name: "Paris", description: "capital city of France on the Seine", type: "GPE", freq: 50 },
  { id: "Q2", name: "Paris, Texas", description: "town in Lamar County, Texas", type: "GPE", freq: 10 },
  { id: "Q3", name: "Paris Hilton", description: "American heiress and star", type: "PERSON", freq: 8 },
  { id: "Q4", name: "Jordan", description: "kingdom with the capital Amman", type: "GPE", freq: 20 },
  { id: "Q5", name: "Michael Jordan", description: "basketball player", type: "PERSON", freq: 30 },
  { id: "Q6", name: "Apple", description: "company that makes computers and phones", type: "ORG", freq: 40 },
  { id: "Q7", name: "apple", description: "fruit of a tree, pressed for cider", type: "FOOD", freq: 5 },
  { id: "Q8", name: "Zürich", description: "city of banks on a lake in Switzerland", type: "GPE", freq: 12 },
] as const;

export const ALIASES = [
  { alias: "Paris", entities: ["Q1", "Q2", "Q3"], probabilities: [0.7, 0.2, 0.1] },
  { alias: "Paris Hilton", entities: ["Q3"], probabilities: [1] },
  { alias: "Jordan", entities: ["Q4", "Q5"], probabilities: [0.6, 0.4] },
  { alias: "Michael Jordan", entities: ["Q5"], probabilities: [1] },
  { alias: "Apple", entities: ["Q6", "Q7"], probabilities: [0.8, 0.2] },
  { alias: "Apple Inc.", entities: ["Q6"], probabilities: [1] },
  { alias: "Zürich", entities: ["Q8"], probabilities: [1] },
] as const;

/** The knowledge base of {@link ENTITIES} and {@link ALIASES}. */
export function tinyKb(entityVectorLength = 6): InMemoryLookupKB {
  const kb = new InMemoryLookupKB({ entityVectorLength });
  for (const { id, ...entity } of ENTITIES) kb.addEntity(id, entity);
  for (const { alias, entities, probabilities } of ALIASES)
    kb.addAlias(alias, [...entities], [...probabilities]);
  return kb;
}

/** `"in [Paris|Q1|GPE]"` -> a document with that mention; the label is left out for GPE, the id for "not annotated". */
export function marked(text: string, id = ""): Doc {
  const ents: Span[] = [];
  let plain = "";
  let from = 0;
  for (const match of text.matchAll(/\[([^|\]]+)(?:\|([^|\]]*))?(?:\|([^\]]*))?\]/g)) {
    const [whole, surface = "", kbId = "", label = "GPE"] = match;
    plain += text.slice(from, match.index);
    ents.push({ start: plain.length, end: plain.length + surface.length, label, kbId });
    plain += surface;
    from = match.index + whole.length;
  }
  return new Doc(plain + text.slice(from), { id, ents });
}

const TRAIN = [
  "The Louvre in [Paris|Q1] stands on the Seine. France keeps its art in [Paris|Q1].",
  "Boats go down the Seine through [Paris|Q1], the capital of France.",
  "A train to France leaves for [Paris|Q1] every hour, along the Seine.",
  "The county fair of Lamar County, Texas, is held in [Paris|Q2].",
  "Cattle are sold in [Paris|Q2], a town in Texas with one traffic light.",
  "The heiress and star [Paris Hilton|Q3|PERSON] sang. [Paris|Q3|PERSON] wore pink at the party.",
  "American television followed [Paris|Q3|PERSON], heiress to the hotels.",
  "The king of [Jordan|Q4] spoke in Amman, the capital.",
  "Amman is in [Jordan|Q4], a kingdom of the desert.",
  "[Michael Jordan|Q5|PERSON] scored. Basketball needed [Jordan|Q5|PERSON] that night.",
  "The player dunked: [Jordan|Q5|PERSON] was basketball itself.",
  "New phones and computers come from [Apple|Q6|ORG], the company.",
  "Cider is pressed from the fruit: one [Apple|Q7|FOOD] and another from the tree.",
  "The banks of [Zürich|Q8] look over the lake. Switzerland counts its money in [ZURICH|Q8].",
  "Helen of Troy ran off with [Paris|NIL|PERSON], prince of the Iliad and of myth.",
  "In the Iliad prince [Paris|NIL|PERSON] draws his bow; [Bergen|NIL] is in no myth of Troy.",
];

const DEV = [
  "From the Seine one sees all of [Paris|Q1], and of France.",
  "Lamar County in Texas is where [Paris|Q2] lies.",
  "The basketball player [Jordan|Q5|PERSON] won. Later [Jordan|Q4] and its capital Amman cheered.",
  "The company [Apple|Q6|ORG] sells phones. Troy fell for [Paris|NIL|PERSON], prince of myth.",
];

/** The twenty documents, made anew: linking writes into them. */
export function tinyDocs(): { train: Doc[]; dev: Doc[] } {
  return {
    train: TRAIN.map((text, i) => marked(text, `train-${i}`)),
    dev: DEV.map((text, i) => marked(text, `dev-${i}`)),
  };
}

type Sections = { readonly [Section in keyof Config]?: Partial<Config[Section]> };

/** Widths with which everything takes milliseconds; paths that nobody reads. */
const TINY: Sections = {
  paths: { kb: "kb", train: "train.jsonl", dev: "dev.jsonl" },
  linker: { n_sents: 1 },
  model: {
    context_width: 8,
    type_width: 6,
    entity_vector_length: 6,
    embedding_width: 5,
    hidden_width: 7,
    vocabulary_size: 60,
    hash_buckets: 16,
    context_tokens: 6,
    document_tokens: 8,
    description_tokens: 6,
  },
  training: {
    backend: "wasm",
    max_epochs: 4,
    patience: 4,
    batch_size: 8,
    learning_rate: 0.02,
    dropout: 0.1,
    word_dropout: 0.1,
  },
};

/** A config of small widths; `changes` replace keys, not whole sections. */
export function tinyConfig(changes: Sections = {}): Config {
  return checkConfig(
    {
      paths: { ...TINY.paths, ...changes.paths },
      linker: { ...TINY.linker, ...changes.linker },
      candidates: { ...changes.candidates },
      model: { ...TINY.model, ...changes.model },
      training: { ...TINY.training, ...changes.training },
    },
    "fixtures",
  );
}

/** A new folder that is removed after the tests of the suite or file that it is asked in. */
export function suiteFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "linkwright-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const jsonLines = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");

const docRows = (docs: readonly Doc[]): object[] =>
  docs.map(({ id, text, ents }) => ({
    id,
    text,
    ents: ents.map(({ start, end, label, kbId }) => ({ start, end, label, kb_id: kbId })),
  }));

/** Writes source/{entities,aliases}.jsonl, train.jsonl, dev.jsonl and config.toml, which has the sizes of {@link TINY}. */
export function writeCorpus(folder: string): { config: string; source: string; train: string; dev: string } {
  const { train, dev } = tinyDocs();
  const source = join(folder, "source");
  mkdirSync(source);
  const write = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  write("source/entities.jsonl", jsonLines(ENTITIES));
  write("source/aliases.jsonl", jsonLines(ALIASES));
  const sections = { ...TINY, paths: { kb: "source", train: "train.jsonl", dev: "dev.jsonl" } };
  const toml = Object.entries(sections).map(([section, keys]) => {
    const lines = Object.entries(keys).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
    return `[${section}]\n${lines.join("\n")}\n`;
  });
  return {
    config: write("config.toml", toml.join("\n")),
    source,
    train: write("train.jsonl", jsonLines(docRows(train))),
    dev: write("dev.jsonl", jsonLines(docRows(dev))),
  };
}

/** The built command. */
export const COMMAND = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command to its end. */
export function linkwright(args: readonly string[], { input = "", cwd = tmpdir() } = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: "utf8",
    input,
    cwd,
  });
  return { status, stdout, stderr };
}

/** Asserts numbers within a tolerance, absolute for small ones and relative for large. */
export function assertClose(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = "",
): void {
  assert.equal(found.length, expected.length, `${what}: length`);
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [found[i] as number, expected[i] as number];
    const isClose = Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
    assert.ok(isClose, `${what} at ${i}: found ${a}, expected ${b}`);
  }
}

/** The backend with products that are times a factor: NaN for what sane data do not lead to. */
export function withFactor({ tf, ...backend }: Backend, factor: () => number): Backend {
  const engine = Object.create(tf.engine()) as ReturnType<typeof tf.engine>;
  const { runKernel } = engine;
  engine.runKernel = (...args) => tf.mul(factor(), runKernel.apply(tf.engine(), args) as Tensor) as never;
  return { ...backend, tf: { ...tf, engine: () => engine } };
}

/** Collects garbage, and lets what waits for that run. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let i = 0; i < 3; i++) {
    collect();
    await pause(10);
  }
}
