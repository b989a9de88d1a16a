import type { Gradients } from "../model/gradients.js";
import type { Weights } from "../tensor/weights.js";
import { Adam, type StepOptions } from "../training/optimizer.js";
import type { Averages } from "../training/with-averages.js";

export interface OptimizerOptions extends Omit<StepOptions, "learningRate"> {
  /** A number, or one for each step, which counts from 0. */
  readonly learningRate: number | ((step: number) => number);
  /** Keeps running means of the weights, for `useParams`. @default false */
  readonly useAverages?: boolean | undefined;
}

/** Adam for the weights of whatever it is given; its moments begin when it first meets them. */
export class Optimizer {
  private readonly adams = new Map<Weights, Adam>();

  constructor(readonly options: OptimizerOptions) {}

  /** Moves the weights one step. */
  apply(weights: Weights, gradients: Gradients): void {
    const { learningRate, useAverages = false, ...rest } = this.options;
    const adam = this.adams.get(weights) ?? new Adam(weights, { averages: useAverages });
    this.adams.set(weights, adam);
    const rate = typeof learningRate === "number" ? learningRate : learningRate(adam.steps);
    adam.apply(gradients, { ...rest, learningRate: rate });
  }

  /** Empty without `useAverages`. */
  get averages(): Averages {
    const averages = new Map<Weights, Weights>();
    for (const [weights, adam] of this.adams) if (adam.averages) averages.set(weights, adam.averages);
    return averages;
  }
}
