import type { Usage } from "../measure/child.js";
import { type Row, rounded } from "../measure/table.js";
import type { EpochFigures, StageFigures, TrainFigures } from "./train.js";

/** A training and what its process took. */
export interface Trained extends TrainFigures {
  readonly name: string;
  readonly usage: Usage;
}

/** The first epoch is half compiling. */
export function warm({ epochs }: TrainFigures): EpochFigures {
  return epochs.at(-1) as EpochFigures;
}

export function perSecond({ mentions, spent }: EpochFigures): number {
  return mentions / spent.cpuSeconds;
}

export function stageOf({ stages }: TrainFigures, name: string): StageFigures {
  return stages.find((stage) => stage.name === name) as StageFigures;
}

/** What any training costs. */
export const TRAIN_ROWS: readonly Row<Trained>[] = [
  ["mentions an epoch", ({ mentions }) => rounded(mentions)],
  ["first epoch, mentions a CPU-s", ({ epochs }) => rounded(perSecond(epochs[0] as EpochFigures))],
  ["last epoch, mentions a CPU-s", (one) => rounded(perSecond(warm(one)))],
  ["last epoch, CPU-s / wall s", (one) => cpuAndWall(warm(one).spent, 2)],
  [
    "of its wall time in the collector, %",
    (one) => rounded((100 * warm(one).collectorSeconds) / warm(one).spent.wallSeconds, 1),
  ],
  ["tensors after each epoch", ({ epochs }) => epochs.map(({ tensors }) => tensors).join(", ")],
  ["heap after each epoch, MB", ({ epochs }) => epochs.map(({ heapMb }) => rounded(heapMb, 1)).join(", ")],
  [
    "mention filter, candidates and features, CPU-s / wall s",
    (one) => cpuAndWall(stageOf(one, "features").spent, 2),
  ],
  ["the whole process, CPU-s", ({ usage }) => rounded(usage.cpuSeconds, 1)],
  ["the whole process, wall s", ({ usage }) => rounded(usage.wallSeconds, 1)],
  ["peak MB", ({ usage }) => rounded(usage.peakMb)],
];

export function cpuAndWall(
  { cpuSeconds, wallSeconds }: Pick<Usage, "cpuSeconds" | "wallSeconds">,
  digits = 1,
): string {
  return `${rounded(cpuSeconds, digits)} / ${rounded(wallSeconds, digits)}`;
}
