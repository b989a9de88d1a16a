/**
 * Makes sure that node_modules holds what package-lock.json asks for on this platform, and runs `npm ci`
 * when it does not. Talks on stderr, and only when there is something to do. Needs nothing installed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 20;

/** Why `npm ci` has to run, or undefined when everything is in place. */
function reasonToInstall() {
  if (!existsSync("node_modules")) return "node_modules is missing";
  const installed = packagesOf("node_modules/.package-lock.json");
  if (!installed) return "node_modules was not completed by npm";
  for (const [path, wanted] of Object.entries(packagesOf("package-lock.json") ?? {})) {
    if (path === "" || !belongsHere(wanted)) continue;
    const found = installed[path];
    const name = path.replace(/^.*node_modules\//, "");
    if (!found && wanted.os) return `node_modules comes from another platform (${name} is missing)`;
    if (!found && !wanted.optional) return `${name} is missing in node_modules`;
    if (found && found.version !== wanted.version) {
      return `node_modules has ${name} ${found.version}, package-lock.json has ${wanted.version}`;
    }
  }
  return undefined;
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** npm leaves packages for other systems out. */
function belongsHere({ os, cpu, libc }) {
  const allows = (list, value) => !list || list.includes(value);
  return allows(os, process.platform) && allows(cpu, process.arch) && (!libc || allows(libc, systemLibc()));
}

function systemLibc() {
  return process.report.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
}

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  console.error(`linkwright needs Node ${OLDEST_NODE} or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}
const reason = reasonToInstall();
if (reason) {
  console.error(`Installing dependencies: ${reason}. Running npm ci ...`);
  const { status, error } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    stdio: ["ignore", 2, 2], // npm's words are talk, not data: this script may run before a command whose stdout is read
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error(`npm ci failed${error ? ` (${error.message})` : ""}: see its message above.`);
    process.exit(1);
  }
}
