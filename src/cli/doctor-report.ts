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
  /** What would make it faster or complete, the most useful first; empty when nothing would. */
  readonly advice: readonly string[];
}

const OLDEST_NODE = 20;

export async function doctorReport(): Promise<DoctorReport> {
  const backends = await probeBackends();
  const picked = backends.find((report) => report.available)?.name ?? "cpu"; // probed in the order of "auto"
  const supported = Number.parseInt(process.versions.node, 10) >= OLDEST_NODE;
  return {
    node: { version: process.versions.node, supported },
    platform: `${process.platform}-${process.arch}`,
    cpus: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    backends,
    picked,
    advice: [
      ...(supported ? [] : [`Install Node ${OLDEST_NODE} or newer: this one is too old.`]),
      ...backendAdvice(backends, picked),
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
