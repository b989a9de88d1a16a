/**
 * The whole way on the starter corpus: index, train, evaluate, export, link; each step by the command that a user
 * would type. Everything is written to models/quickstart.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join("models", "quickstart");
const [kb, model, exported] = ["kb", "model", "export"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const sentences = [
  "Jordan scored 38 points against Utah with the flu, and the Bulls won again.",
  "Petra is two hours south of Amman: Jordan is best in April.",
  "Amazon opened a third warehouse outside Columbus, an hour's drive from Cleveland.",
];

mkdirSync(join(root, folder), { recursive: true });
step("create-index", "corpus/starter", kb);
step("train", "configs/starter.toml", "--output", model, "--paths.kb", kb);
step("evaluate", model, "corpus/starter/test.jsonl");
step("export", model, exported, "--quantize", "float16");
step("link", exported, ...sentences);
process.stderr.write(`\nThe model is in ${exported}. Try: npx linkwright link ${exported} "your text"\n`);

function step(...args: string[]): void {
  const shown = args.map((arg) => (/[\s']/.test(arg) ? JSON.stringify(arg) : arg)).join(" ");
  process.stderr.write(`\n$ npx linkwright ${shown}\n`);
  const main = join(root, "dist", "src", "cli", "main.js");
  const { status } = spawnSync(process.execPath, [main, ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
