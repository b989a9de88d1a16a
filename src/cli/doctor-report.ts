import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, totalmem } from "node:os";
import type { BackendName } from "../tensor/backend.js";
import { type AvailableBackend, type BackendReport, probeBackends } from "../tensor/probe.js";

/** What `linkwright doctor` tells; its JSON has these keys. */
export interface DoctorReport {
  readonly node: { readonly version: string; readonly supported: boolean };
  readonly platform: string;
  readonly cpus: number;
  readonly memoryGb: number;
  readonly backends: readonly BackendReport[];
  /** What "auto" takes here. */
  readonly picked: BackendName;
  readonly hnswlib: OptionalPackage;
  /** What would make it faster or complete, the most useful first; empty when nothing would. */
  readonly advice: readonly string[];
}

export type OptionalPackage =
  | { readonly available: true; readonly version: string }
  | { readonly available: false; readonly whyNot: string; readonly howToGet: string };

const OLDEST_NODE = 20;

export async function doctorReport(): Promise<DoctorReport> {
  const backends = await probeBackends();
  const picked = backends.find((report) => report.available)?.name ?? "cpu"; // probed in the order of "auto"
  const hnswlib = await probeHnswlib();
  const supported = Number.parseInt(process.versions.node, 10) >= OLDEST_NODE;
  return {
    node: { version: process.versions.node, supported },
    platform: `${process.platform}-${process.arch}`,
    cpus: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    backends,
    picked,
    hnswlib,
    advice: [
      ...(supported ? [] : [`Install Node ${OLDEST_NODE} or newer: this one is too old.`]),
      ...backendAdvice(backends, picked),
      ...(hnswlib.available ? [] : [`Dense candidate search: ${hnswlib.howToGet}`]),
    ],
  };
}

function backendAdvice(backends: readonly BackendReport[], picked: BackendName): string[] {
  const broken = backends.flatMap((report) =>
    !report.available && report.installed
      ? [`${report.name} is installed but does not work: ${report.whyNot}. To repair it: ${report.howToGet}`]
      : [],
  );
  const measured = backends.filter((report): report is AvailableBackend => report.available);
  const fastest = measured.reduce((best, report) => (report.stepMs < best.stepMs ? report : best));
  const current = measured.find((report) => report.name === picked);
  const slower = current !== undefined && current.stepMs > 1.5 * fastest.stepMs;
  const node = backends.find((report) => report.name === "tfjs-node");
  const gpu = backends.find((report) => report.name === "tfjs-node-gpu");
  const native = measured.some((report) => report.name.startsWith("tfjs-node"));
  return [
    ...broken,
    ...(slower ? [`${fastest.name} was faster than ${picked} just now: name it as the backend.`] : []),
    ...(!native && node && !node.available && !node.installed
      ? [`Native TensorFlow, for larger batches and several cores: ${node.howToGet}`]
      : []),
    ...(gpu && !gpu.available && !gpu.installed ? [`With an NVIDIA GPU: ${gpu.howToGet}`] : []),
  ];
}

/** hnswlib-node is an optional dependency: npm leaves it out where it cannot be compiled. */
async function probeHnswlib(): Promise<OptionalPackage> {
  const howToGet = "install a C++ compiler, make and Python 3, then npm install hnswlib-node@3";
  try {
    await import("hnswlib-node");
    const file = createRequire(import.meta.url).resolve("hnswlib-node/package.json");
    return {
      available: true,
      version: (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version,
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = code === "ERR_MODULE_NOT_FOUND";
    return {
      available: false,
      whyNot: missing ? "it is not installed" : (message.split("\n")[0] ?? ""),
      howToGet,
    };
  }
}
