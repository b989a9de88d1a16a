/** Compiles to dist/, drops what deleted sources left there, and makes the command executable. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const { resolve } = createRequire(import.meta.url);

run(resolve("typescript/bin/tsc"));

// What vector instructions do is AssemblyScript, which takes longer to compile than all of the rest: only where it changed.
const KERNELS = "src/tensor/vectors/kernels.as.ts";
const kernels = "dist/src/tensor/vectors/kernels.wasm";
if (!existsSync(kernels) || statSync(kernels).mtimeMs < statSync(KERNELS).mtimeMs) {
  const memory = ["--importMemory", "--sharedMemory", "--maximumMemory", "65536", "--noExportMemory"];
  const features = ["--enable", "simd", "--enable", "threads"];
  run(
    "node_modules/assemblyscript/bin/asc.js",
    KERNELS,
    "--outFile",
    kernels,
    "-O3",
    "--runtime",
    "stub",
    ...memory,
    ...features,
  );
}

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

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
}
