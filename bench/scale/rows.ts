import { type Cost, type Row, rounded } from "../measure/table.js";
import { cpuAndWall, stageOf, TRAIN_ROWS, warm } from "../train/rows.js";
import type { ScaleFigures } from "./main.js";

export const SCALE_ROWS: readonly Row<ScaleFigures>[] = [
  ["entities", ({ entities }) => rounded(entities)],
  ["`create-index`, CPU-s / wall s", ({ create }) => cpuAndWall(create)],
  ...TRAIN_ROWS,
  [
    "mention filter, candidates and features, over the last epoch's, CPU-s",
    (one) => rounded(stageOf(one, "features").spent.cpuSeconds / warm(one).spent.cpuSeconds, 2),
  ],
  ...["reading", "features", "training", "calibrating", "writing"].map(
    (name): Row<ScaleFigures> => [
      `${name}, CPU-s / wall s; peak MB until then`,
      (one) => `${cpuAndWall(stageOf(one, name).spent)}; ${rounded(stageOf(one, name).peakMb)}`,
    ],
  ),
  ["mentions of dev", ({ scores }) => rounded(scores.n_mentions)],
  ["accuracy on dev, %", ({ scores }) => percent(scores.accuracy)],
  ["the best prior's, %", ({ scores }) => percent(scores.prior_accuracy)],
  ["golds among the candidates, %", ({ scores }) => percent(scores.candidate_recall)],
  ["`evaluate` of dev, CPU-s / wall s", ({ evaluated }) => cpuAndWall(evaluated)],
  ["`evaluate`, peak MB", ({ evaluated }) => rounded(evaluated.peakMb)],
  ["load at the start", ({ load }) => rounded(load, 1)],
];

/** What should grow with entities and mentions. */
export const SCALE_COSTS: readonly Cost<ScaleFigures>[] = [
  ["`create-index`, CPU-s", ({ create }) => create.cpuSeconds],
  ["`create-index`, peak MB", ({ create }) => create.peakMb],
  ["mention filter, candidates and features, CPU-s", (one) => stageOf(one, "features").spent.cpuSeconds],
  ["last epoch, CPU-s", (one) => warm(one).spent.cpuSeconds],
  ["training, the whole process, CPU-s", ({ usage }) => usage.cpuSeconds],
  ["training, peak MB", ({ usage }) => usage.peakMb],
];

const percent = (share: number): string => rounded(100 * share, 1);
