import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { say } from "../../src/cli/progress.js";

const run = promisify(execFile);
const ROOT = new URL("../../../bench/", import.meta.url);
/** A Python that has the packages that we compare with. */
const PYTHON = process.env.LINKWRIGHT_PYTHON ?? "python3";

/** What to run, and for what. */
export interface PythonJob {
  /** The corpus or knowledge base that is measured. */
  readonly name: string;
  /** A file in `bench/`; its last line on stdout is its figures in JSON. */
  readonly script: string;
  /** What it imports. */
  readonly modules: readonly string[];
  readonly args: readonly string[];
}

/** Runs a script in the Python that LINKWRIGHT_PYTHON names, else python3; undefined where that lacks the modules, or fails. */
export async function runPython<T>({ name, script, modules, args }: PythonJob): Promise<T | undefined> {
  const hasModules = await run(PYTHON, ["-c", `import ${modules.join(", ")}`]).then(
    () => true,
    () => false,
  );
  if (!hasModules) {
    say(
      `${name}: no reference: ${PYTHON} can't import ${modules.join(", ")}. Name a Python that can in LINKWRIGHT_PYTHON`,
    );
    return undefined;
  }
  say(`${name}: ${script}`);
  try {
    const { stdout } = await run(PYTHON, [fileURLToPath(new URL(script, ROOT)), ...args], {
      maxBuffer: 1 << 26,
    });
    return JSON.parse(stdout.trim().split("\n").at(-1) as string) as T;
  } catch (error) {
    // Our own figures were measured already.
    const reason = (error as { readonly stderr?: string }).stderr?.trim().split("\n").at(-1) ?? String(error);
    say(`${name}: no reference: ${script} failed: ${reason}`);
    return undefined;
  }
}
