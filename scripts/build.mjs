/** Compiles to dist/, drops what deleted sources left there, and makes the command executable. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const { resolve } = createRequire(import.meta.url);

run(resolve("typescript/bin/tsc"));

// The kernels are AssemblyScript; the memory they work on is made by who loads them, and grows up to 4 GB.
const KERNELS = "src/tensor/vectors/kernels.as.ts";
const OPTIONS =
  "-O3 --runtime stub --enable simd --enable threads --importMemory --noExportMemory --sharedMemory --maximumMemory 65536";
const kernels = "dist/src/tensor/vectors/kernels.wasm";
if (!existsSync(kernels) || statSync(kernels).mtimeMs < statSync(KERNELS).mtimeMs) {
  run("node_modules/assemblyscript/bin/asc.js", KERNELS, "--outFile", kernels, ...OPTIONS.split(" "));
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
