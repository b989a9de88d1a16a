/** Measuring a backend in a process of its own, since a native library that is broken can end one. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BACKEND_NAMES, type BackendName } from "./backend.js";
import { HOW_TO_GET_WEBGPU, isWebGpuInstalled } from "./gpu.js";
import { howToGet, isInstalled, nativePackage } from "./native-backend.js";

export interface UnavailableBackend {
  readonly name: BackendName;
  readonly available: false;
  readonly installed: boolean;
  readonly whyNot: string;
  readonly howToGet: string;
}

/** What a module that calls {@link answerParent} says of each backend, one after the other: they are being measured. */
export async function askChildren<Report extends { readonly available: true }>(
  script: URL,
  secondsEach = 60,
): Promise<(Report | UnavailableBackend)[]> {
  const reports: (Report | UnavailableBackend)[] = [];
  for (const name of BACKEND_NAMES) reports.push(await askChild<Report>(script, name, secondsEach));
  return reports;
}

function askChild<Report>(
  script: URL,
  name: BackendName,
  seconds: number,
): Promise<Report | UnavailableBackend> {
  const missing = missingPackage(name);
  const unavailable = (whyNot: string): UnavailableBackend => ({
    name,
    available: false,
    installed: missing === undefined,
    whyNot,
    howToGet: remedy(name),
  });
  if (missing) return Promise.resolve(unavailable(`${missing} is not installed`));
  return new Promise((resolve) => {
    const options = { timeout: seconds * 1000 };
    execFile(process.execPath, [fileURLToPath(script), name], options, (error, stdout) => {
      if (error)
        return resolve(unavailable(error.killed ? `it did not answer in ${seconds} seconds` : error.message));
      const report = JSON.parse(stdout) as Report | { readonly whyNot: string };
      resolve(isRefusal(report) ? unavailable(report.whyNot) : report);
    });
  });
}

function isRefusal(report: unknown): report is { readonly whyNot: string } {
  return typeof report === "object" && report !== null && "whyNot" in report;
}

function missingPackage(name: BackendName): string | undefined {
  if (name === "webgpu") return isWebGpuInstalled() ? undefined : "webgpu";
  if (name === "wasm" || name === "cpu" || isInstalled(name)) return undefined;
  return nativePackage(name);
}

function remedy(name: BackendName): string {
  if (name === "webgpu") return HOW_TO_GET_WEBGPU;
  return name === "wasm" || name === "cpu" ? "npm ci, or npm install linkwright again" : howToGet(name);
}

/** In the child: prints as JSON what is measured of the backend that it was started for, or why nothing can be. */
export async function answerParent(measure: (name: BackendName) => Promise<object>): Promise<void> {
  const report = await measure(process.argv[2] as BackendName).catch((error: Error) => {
    const { message } = error.cause instanceof Error ? error.cause : error; // the library's own words, where there are some
    return { whyNot: message.split("\n")[0] };
  });
  process.stdout.write(JSON.stringify(report));
}
