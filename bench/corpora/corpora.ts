import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Config, readConfig } from "../../src/linker/config.js";
import type { BackendName } from "../../src/tensor/backend.js";

/** A backend of TensorFlow.js; names that are none are refused when it is loaded. */
export type BackendChoice = BackendName | "auto";

/** A folder of entities.jsonl, aliases.jsonl, train.jsonl and dev.jsonl, and the config to train it with. */
export interface Corpus {
  readonly name: string;
  readonly folder: string;
  readonly configFile: string;
  /** Of a mention, at most. */
  readonly candidates: number;
  readonly backend: BackendChoice;
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const STARTER = join(ROOT, "corpus", "starter");
const CANDIDATES = "10";
/** What the programs that measure read of the corpus. */
const FILES = ["entities.jsonl", "aliases.jsonl", "train.jsonl", "dev.jsonl"];

/** What the parts that train and link have in common on their command lines. */
export const CORPUS_OPTIONS = {
  data: { type: "string", multiple: true, default: [] as string[] },
  candidates: { type: "string", default: CANDIDATES },
  json: { type: "boolean", default: false },
} as const;

/** The starter corpus, then the folders of `--data`. */
export function corporaOf(values: {
  readonly data: readonly string[];
  readonly candidates: string;
  /** @default "wasm", which a plain install has */
  readonly backend?: string;
}): Corpus[] {
  const backend = (values.backend ?? "wasm") as BackendChoice;
  const candidates = wholeNumber("candidates", values.candidates);
  return [STARTER, ...values.data].map((folder) => corpusOf(resolve(folder), { candidates, backend }));
}

/** @throws TypeError some of the files are missing */
export function checkFiles(folder: string, files: readonly string[]): void {
  const missing = files.filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0) throw new TypeError(`Found no ${missing.join(", ")} in ${folder}.`);
}

/** The presets are found by the folder's name. */
export function corpusOf(folder: string, options: Pick<Corpus, "candidates" | "backend">): Corpus {
  checkFiles(folder, FILES);
  const name = basename(folder);
  const preset = join(ROOT, "configs", `${name}.toml`);
  return {
    name,
    folder,
    ...options,
    configFile: existsSync(preset) ? preset : join(ROOT, "configs/default.toml"),
  };
}

export function configOf(
  { folder, configFile, candidates, backend }: Corpus,
  overrides: Record<string, unknown> = {},
): Config {
  return readConfig(configFile, {
    "paths.kb": folder,
    "paths.train": join(folder, "train.jsonl"),
    "paths.dev": join(folder, "dev.jsonl"),
    "candidates.max_candidates": candidates,
    "training.backend": backend,
    ...overrides,
  });
}

export function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new TypeError(`Found --${name} ${text}. Expected a whole number above 0.`);
}
