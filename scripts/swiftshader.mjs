/** Runs a command with SwiftShader as a GPU: `node scripts/swiftshader.mjs npm run doctor`. */
import { spawnSync } from "node:child_process";
import { whyNoSwiftShader, withSwiftShader } from "./swiftshader-environment.mjs";

const [command, ...args] = process.argv.slice(2);
if (!command) {
  console.error("Usage: node scripts/swiftshader.mjs COMMAND [ARGUMENT ...]");
  process.exit(2);
}
const whyNot = whyNoSwiftShader();
if (whyNot) console.error(`Without SwiftShader: ${whyNot}.`);
const { error, status } = spawnSync(command, args, { stdio: "inherit", env: withSwiftShader(process.env) });
if (error) console.error(error.message);
process.exit(status ?? 1);
