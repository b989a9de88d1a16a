import { runPython } from "../python/run-python.js";

/** What spacy-ann-linker's way of finding similar names costs, on one core where the system can. */
export interface NameIndexFigures {
  /** Names that are indexed, those that are looked up among them. */
  readonly names: number;
  readonly buildCpuSeconds: number;
  /** What the resident memory of the process grew by. */
  readonly indexMb: number;
  /** In microseconds. */
  readonly p50: number;
  readonly meanCpu: number;
  readonly recallAt10: number;
}

/** Indexes names with scikit-learn's TF-IDF and nmslib; undefined where Python has none. */
export async function measureNameIndex(
  name: string,
  { aliases, typos, most }: { readonly aliases: string; readonly typos: string; readonly most: number },
): Promise<NameIndexFigures | undefined> {
  const modules = ["sklearn", "nmslib"];
  return runPython({ name, script: "kb/name_index.py", modules, args: [aliases, typos, String(most)] });
}
