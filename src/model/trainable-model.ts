import type { Weights } from "../tensor/weights.js";
import type { DenseDropout } from "./classifier-inputs.js";
import type { Gradients } from "./gradients.js";
import type { MentionTable } from "./mention-table.js";
import type { ModelOptions } from "./options.js";

/** What a training step leaves out at random. */
export interface Dropout extends DenseDropout {
  /** Share of context words left out; half as many description words. */
  readonly words: number;
}

/** Scores of B mentions with R candidate rows. */
export interface ModelScores {
  /**
   * Each mention's candidates in their order, then NIL. Scores that are no logits stand here too, -Infinity for NIL.
   * [R + B]
   */
  readonly logits: Float32Array;
  /** Whether only a mention's differences mean something; else equal numbers mean the same of every mention and model. */
  readonly areLogits: boolean;
  /** Where each mention's logits begin, and the end of the last. [B + 1] */
  readonly starts: Int32Array;
  /** The table's candidate rows. [R] */
  readonly rows: Int32Array;
  /** For each row the cosine of the mention's context and the entity. [R] */
  readonly contextCosine: Float32Array;
}

/** A model bound to one knowledge base: a pure function of weights and numbers, no text. */
export interface TrainableModel {
  readonly options: ModelOptions;
  readonly weights: Weights;

  /** Scores the candidates of some mentions of a table, each of which has at least one. */
  score(table: MentionTable, mentions: Int32Array): ModelScores;

  /**
   * One step's mean loss and gradients; the gradients are overwritten by the next step.
   * @param gold for each mention of the batch the place of its gold among its candidates, -1 for NIL
   */
  lossAndGradients(
    table: MentionTable,
    mentions: Int32Array,
    gold: Int32Array,
    dropout?: Dropout,
  ): { loss: number; gradients: Gradients };

  /** The vectors by which the model knows all entities. [entities x entityVectorLength] */
  encodeEntities(): Float32Array;
}
