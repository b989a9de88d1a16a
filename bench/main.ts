import { benchKb } from "./kb/main.js";
import { benchLink } from "./link/main.js";
import { benchScale } from "./scale/main.js";
import { benchSoak } from "./soak/main.js";
import { benchTrain } from "./train/main.js";

const PARTS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  kb: benchKb,
  train: benchTrain,
  link: benchLink,
  scale: benchScale,
  soak: benchSoak,
};

const USAGE = `npm run bench -- [PART ...] [options]

Measures linkwright, and others beside it. Tables on stdout, talk on stderr. Without a part all of them run, which takes
half an hour; options must be those of all parts that run.

train  [--data FOLDER ...] [--candidates 10] [--backend wasm] [--json]
       three epochs on the starter corpus and the folders of --data, beside TensorFlow and spaCy
link   [--data FOLDER ...] [--candidates 10] [--backend wasm] [--json]
       links their dev documents, beside spaCy, and applies the model with one worker and with two
scale  [--sizes 10k,100k,1.1m] [--mentions 200k] [--epochs 5] [--workers N] [--backend wasm] [--seed 1] [--keep FOLDER] [--json]
       trains on knowledge bases and documents that it makes up; --mentions are the largest's, the others have their share
kb     [--sizes 10k,100k,1.1m] [--source FOLDER ...] [--reference-names 20k] [--seed 1] [--keep FOLDER] [--json]
       indexes, looks up and links on knowledge bases that it makes up, and on the folders of --source
soak   [--documents 100000] [--leak BYTES] [--data FOLDER ...] [--candidates 10] [--json]
       a long stream of documents; fails where memory grows, as it does by --leak
`;

const args = process.argv.slice(2);
try {
  if (args.includes("--help") || args.includes("-h")) process.stdout.write(USAGE);
  else await runParts(args);
} catch (error) {
  const { message, code } = error as { readonly message: string; readonly code?: string | number };
  const isOfCommandLine = message.startsWith("Found ") || String(code).startsWith("ERR_PARSE_ARGS");
  if (!isOfCommandLine) throw error;
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
}

async function runParts(args: string[]): Promise<void> {
  const past = args.findIndex((arg) => arg.startsWith("-"));
  const named = past < 0 ? args : args.slice(0, past);
  const unknown = named.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) {
    throw new TypeError(`Found the part "${unknown}". Expected some of: ${Object.keys(PARTS).join(", ")}.`);
  }
  const names = named.length > 0 ? named : Object.keys(PARTS);
  for (const name of names) await PARTS[name]?.(args.slice(named.length));
}
