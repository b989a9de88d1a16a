import { measured } from "../measure/child.js";
import { runPython } from "../python/run-python.js";
import type { StepShapes } from "./shapes.js";
import type { TrainJob } from "./train.js";

/** What training steps of the same sizes take in Python's TensorFlow, on one core where the system can. */
export interface TensorFlowFigures {
  readonly version: string;
  /** Mentions. */
  readonly perCpuSecond: number;
  readonly peakMb: number;
}

const SHAPES = new URL("./shapes.js", import.meta.url);

/** Times steps as large as those of a training that kept its features; undefined where Python has no TensorFlow. */
export async function measureTensorFlow(job: TrainJob): Promise<TensorFlowFigures | undefined> {
  const { result: shapes } = await measured<StepShapes>(SHAPES, JSON.stringify(job));
  return runPython({
    name: job.corpus.name,
    script: "train/training_step.py",
    modules: ["tensorflow"],
    args: [JSON.stringify(shapes)],
  });
}
