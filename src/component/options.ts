import type { KbLoader } from "../plugins/functions.js";
import type { Optimizer } from "./optimizer.js";

/** Sums of losses by component. */
export type Losses = Record<string, number>;

export interface UpdateOptions {
  /** Share of units left out at random; of words at most `training.wordDropout`. @default 0 */
  readonly drop?: number;
  /** Takes the step; without it gradients add up until an update or `finishUpdate` has one. @default none */
  readonly sgd?: Optimizer | undefined;
  /** Is added to, and returned. @default {} */
  readonly losses?: Losses | undefined;
}

export interface InitializeOptions {
  /** As for `setKb`. @default the knowledge base stays as it is */
  readonly kbLoader?: KbLoader;
}
