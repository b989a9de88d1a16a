import type { Corpus } from "../corpora/corpora.js";
import { runPython } from "../python/run-python.js";

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

/** Trains and links with spaCy; undefined where Python has none. */
export async function measureSpacy({ name, folder }: Corpus): Promise<SpacyFigures | undefined> {
  return runPython({ name, script: "spacy/entity_linker.py", modules: ["spacy"], args: [folder] });
}
