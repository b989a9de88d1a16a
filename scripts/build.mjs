/** Compiles to dist/, drops what deleted sources left there, and makes the command executable. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [tsc], { stdio: "inherit" });
if (status !== 0) process.exit(1);

for (const folder of ["src", "test", "scripts", "bench"]) {
  const output = join("dist", folder);
  if (!existsSync(output)) continue;
  for (const entry of readdirSync(output, { recursive: true })) {
    const source = join(folder, entry.replace(/\.(js|d\.ts)$/, ".ts"));
    if (/\.(js|d\.ts)$/.test(entry) && !existsSync(source)) rmSync(join(output, entry));
  }
}

const command = "dist/src/cli/main.js";
if (existsSync(command)) chmodSync(command, 0o755);
