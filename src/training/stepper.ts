import type { MentionTable } from "../model/mention-table.js";
import type { Dropout, TrainableModel } from "../model/trainable-model.js";
import type { Adam, StepOptions } from "./optimizer.js";

/** What one step learns from: B mentions of a table. */
export interface TrainingBatch {
  readonly table: MentionTable;
  /** Places in the table. [B] */
  readonly mentions: Int32Array;
  /** For each mention the place of its gold among its candidates, -1 for NIL. [B] */
  readonly gold: Int32Array;
  readonly dropout: Dropout;
}

/** Takes the steps of a training: on the cores, or on a GPU. */
export interface Stepper {
  /** Steps taken since the training began. */
  readonly steps: number;
  /**
   * Moves the weights by one batch.
   * @returns the batch's mean loss; a GPU tells it later, while the next batch is prepared
   */
  step(batch: TrainingBatch, options: StepOptions): number | Promise<number>;
  /** Brings the model's weights, and Adam's moments and averages, to where the steps have led. */
  finish(): Promise<void>;
  /** Lets go of what it holds besides; no step comes after it. */
  close(): void;
}

/** Makes what trains a model; Adam may have come from a checkpoint. */
export type MakeStepper = (model: TrainableModel, adam: Adam) => Stepper | Promise<Stepper>;

/** Steps on the cores: the loss is known at once, and nothing is left to finish. */
export function coreStepper(model: TrainableModel, adam: Adam): Stepper {
  return {
    get steps() {
      return adam.steps;
    },
    step({ table, mentions, gold, dropout }, options) {
      const { loss, gradients } = model.lossAndGradients(table, mentions, gold, dropout);
      adam.apply(gradients, options);
      return loss;
    },
    async finish() {},
    close() {},
  };
}
