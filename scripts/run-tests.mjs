/**
 * Runs dist/test/**\/*.test.js, or the files whose path contains one of the arguments:
 * `node scripts/run-tests.mjs tensor`. The files are listed here since Node 20 takes no glob.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withSwiftShader } from "./swiftshader-environment.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const wanted = process.argv.slice(2);
const root = "dist/test";
const files = (existsSync(root) ? readdirSync(root, { recursive: true }) : [])
  .filter((file) => file.endsWith(".test.js"))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()
  .map((file) => join(root, file));
if (files.length === 0) {
  console.error(
    `No test file${wanted.length ? ` matches ${wanted.join(", ")}` : ""} under ${root}: run npm run build first.`,
  );
  process.exit(1);
}
const reporter = fileURLToPath(new URL("test-reporter.mjs", import.meta.url));
const { status } = spawnSync(process.execPath, ["--test", `--test-reporter=${reporter}`, ...files], {
  stdio: "inherit",
  env: withSwiftShader(process.env),
});
process.exit(status ?? 1);
