import { availableParallelism, totalmem } from "node:os";
import type { BackendName } from "../tensor/backend.js";
import type { UnavailableBackend } from "../tensor/backend-child.js";
import { NO_GPU } from "../tensor/gpu.js";
import { type AvailableBackend, type BackendReport, probeBackends } from "../tensor/probe.js";
import type { BackendSpeed } from "./benchmark.js";

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
  /** What training costs on each backend, where that was asked for. */
  readonly benchmark?: Benchmark;
}

export interface Benchmark {
  readonly backends: readonly (BackendSpeed | UnavailableBackend)[];
  readonly recommended: BackendName;
  readonly why: string;
}

const OLDEST_NODE = 20;

/** How much faster than what "auto" takes a backend must be to be named: what two runs of the same one may differ by. */
const WORTH_NAMING = 1.2;

export async function doctorReport({
  benchmark = false,
}: {
  readonly benchmark?: boolean;
} = {}): Promise<DoctorReport> {
  const backends = await probeBackends();
  const picked = backends.find(({ name, available }) => available && name !== "webgpu")?.name ?? "cpu"; // in auto's order
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
    ...(benchmark && { benchmark: await benchmarked(picked) }),
  };
}

async function benchmarked(picked: BackendName): Promise<Benchmark> {
  const { benchmarkBackends } = await import("./benchmark.js"); // the whole model, which a quick report does without
  const backends = await benchmarkBackends();
  return { backends, ...recommendation(backends, picked) };
}

/** The backend to train on: what "auto" takes, unless another is clearly faster at the default batch size. */
export function recommendation(
  backends: readonly (BackendSpeed | UnavailableBackend)[],
  picked: BackendName,
): Pick<Benchmark, "recommended" | "why"> {
  const measured = backends.filter((report): report is BackendSpeed => report.available);
  const speed = ({ steps }: BackendSpeed): number => steps[0]?.mentionsPerSecond ?? 0;
  const [first, second] = measured.sort((a, b) => speed(b) - speed(a));
  if (!first) return { recommended: picked, why: "no backend could train" };
  const current = measured.find(({ name }) => name === picked);
  const compared = (a: BackendSpeed, b: BackendSpeed): string => {
    const times = speed(a) / speed(b);
    return times < WORTH_NAMING ? "about as fast as" : `${times.toFixed(1)} times as fast as`;
  };
  if (current && speed(first) < WORTH_NAMING * speed(current)) {
    const next = current === first ? second : first;
    const lead = next ? `; it is ${compared(current, next)} ${next.name}` : "";
    return { recommended: picked, why: `"auto" takes it by itself, and nothing is clearly faster${lead}` };
  }
  const slower = current ? `${compared(first, current)} ${picked}, which "auto" takes` : "the only one";
  return {
    recommended: first.name,
    why: `it is ${slower}: name it, by training.backend = "${first.name}" or train --training.backend ${first.name}`,
  };
}

type Timed = AvailableBackend & { readonly stepMs: number };

function backendAdvice(backends: readonly BackendReport[], picked: BackendName): string[] {
  const broken = backends.flatMap((report) =>
    !report.available && report.installed && !report.whyNot.includes(NO_GPU)
      ? [`${report.name} is installed but does not work: ${report.whyNot}. To repair it: ${report.howToGet}`]
      : [],
  );
  const measured = backends.filter(
    (report): report is Timed => report.available && report.stepMs !== undefined,
  );
  const fastest = measured.reduce((best, report) => (report.stepMs < best.stepMs ? report : best));
  const current = measured.find((report) => report.name === picked);
  const slower = current !== undefined && current.stepMs > 1.5 * fastest.stepMs;
  const node = backends.find((report) => report.name === "tfjs-node");
  const gpu = backends.find((report) => report.name === "webgpu");
  const native = measured.some((report) => report.name.startsWith("tfjs-node"));
  return [
    ...broken,
    ...(slower ? [`${fastest.name} was faster than ${picked} just now: name it as the backend.`] : []),
    ...(!native && node && !node.available && !node.installed
      ? [`Native TensorFlow, for larger batches and several cores: ${node.howToGet}`]
      : []),
    ...(gpu && !gpu.available && !gpu.installed ? [`With a GPU, to train on it: ${gpu.howToGet}`] : []),
  ];
}
