import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { say } from "../../src/cli/progress.js";
import type { Corpus } from "../corpora/corpora.js";

/** What spaCy's own entity_linker takes for the same documents; on one core where the system can. */
export interface SpacyFigures {
  readonly version: string;
  /** Mentions that it trained on in one epoch, after a first one. */
  readonly trainMentions: number;
  readonly trainPerCpuSecond: number;
  /** Documents that have their tokens and sentences already. */
  readonly linkMentions: number;
  readonly linkPerCpuSecond: number;
  readonly peakMb: number;
}

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("../../../bench/spacy/entity_linker.py", import.meta.url));
/** A Python that has spaCy. */
const PYTHON = process.env.LINKWRIGHT_PYTHON ?? "python3";

/** Trains and links with spaCy in the Python that LINKWRIGHT_PYTHON names, else python3; undefined where it has no spaCy. */
export async function measureSpacy({ name, folder }: Corpus): Promise<SpacyFigures | undefined> {
  const version = await run(PYTHON, ["-c", "import spacy; print(spacy.__version__)"]).catch(() => undefined);
  if (!version) {
    say(`${name}: no reference: ${PYTHON} has no spaCy. Name a Python that has it in LINKWRIGHT_PYTHON`);
    return undefined;
  }
  say(`${name}: spaCy ${version.stdout.trim()}`);
  const { stdout } = await run(PYTHON, [SCRIPT, folder], { maxBuffer: 1 << 26 });
  return JSON.parse(stdout.trim().split("\n").at(-1) as string) as SpacyFigures;
}
