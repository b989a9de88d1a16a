/**
 * Where Dawn finds SwiftShader, a Vulkan driver that is the CPU: WebGPU runs without a GPU by it. The driver comes from
 * npm, inside a package of Chromium, for Linux x64. A GPU with a driver of its own is still preferred, as Dawn takes
 * CPUs last.
 */
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";

const MODULES = fileURLToPath(new URL("../node_modules", import.meta.url));
const CHROMIUM = join(MODULES, "@sparticuz", "chromium");
const DRIVER = "vk_swiftshader_icd.json";

/** Of an archive that has OpenGL too: Vulkan's loader, and the driver with the file that names it. */
const FILES = ["libvulkan.so.1", "libvk_swiftshader.so", DRIVER];

/** Of glibc 2, what the package `webgpu` is linked with. */
const OLDEST_GLIBC = 34;

/** Why SwiftShader can't run here, or undefined where it can. */
export function whyNoSwiftShader() {
  const { platform, arch } = process;
  if (platform !== "linux" || arch !== "x64")
    return `SwiftShader comes for Linux x64; this is ${platform} ${arch}`;
  const glibc = process.report.getReport().header.glibcVersionRuntime;
  if (!glibc || Number(glibc.split(".")[1]) < OLDEST_GLIBC)
    return `the package webgpu needs glibc 2.${OLDEST_GLIBC}; this system has ${glibc ?? "another C library"}`;
  return undefined;
}

/** `environment` with what leads Dawn to SwiftShader, unpacked if need be; as it is where SwiftShader can't run. */
export function withSwiftShader(environment) {
  if (whyNoSwiftShader()) return environment;
  const { version } = JSON.parse(readFileSync(join(CHROMIUM, "package.json"), "utf8"));
  const folder = join(MODULES, ".cache", `swiftshader-${version}`);
  unpackSwiftShader(join(CHROMIUM, "bin", "swiftshader.tar.br"), folder);
  const append = (list, path) => (list ? `${list}:${path}` : path);
  return {
    ...environment,
    LD_LIBRARY_PATH: append(environment.LD_LIBRARY_PATH, folder),
    // Not VK_DRIVER_FILES, which would hide the system's drivers.
    VK_ADD_DRIVER_FILES: append(environment.VK_ADD_DRIVER_FILES, join(folder, DRIVER)),
  };
}

/**
 * Unpacks SwiftShader's archive (.tar.br) unless `folder` exists. It is written beside and renamed, so that a folder of
 * this name is whole at any time; of processes that do so at once the first one's stays.
 */
export function unpackSwiftShader(archive, folder) {
  if (existsSync(folder)) return;
  const beside = `${folder}.${randomUUID()}`;
  mkdirSync(beside, { recursive: true });
  try {
    extract(archive, beside);
    renameSync(beside, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

function extract(archive, folder) {
  const input = brotliDecompressSync(readFileSync(archive));
  const { error, status, stderr } = spawnSync("tar", ["-x", "--no-same-owner", "-C", folder, ...FILES], {
    input,
  });
  if (status !== 0) throw new Error(`tar could not unpack ${archive}: ${error?.message ?? stderr}`);
}
