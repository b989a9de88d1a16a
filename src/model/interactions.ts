import { addScaled, addTo, copyTo, type Matrix, matrix } from "../tensor/matrix.js";
import type { Multiply } from "../tensor/multiply.js";
import type { Weights } from "../tensor/weights.js";
import type { Gradients } from "./gradients.js";
import { DenseLayer } from "./layers/dense-layer.js";
import { dotRows, type UnitRows, unitRows, unitRowsBackwardInPlace } from "./layers/unit-rows.js";
import type { MiniBatch } from "./mini-batch.js";
import type { Pooled } from "./pooling/pooled.js";

/** The dot product, and the cosines of description with sentence, document and near words. */
export const SIMILARITIES = 4;
const TEXTS = SIMILARITIES - 1;
/** Bring both to the size of the other columns. */
export const DOT_SCALE = 0.25;
export const COSINE_SCALE = 2;
export const EPSILON = 1e-4;

/** What both sides give: v the vectors' width, d the embeddings'. */
export interface BothSides {
  readonly context: Matrix; // [B x contextWidth]
  readonly vectors: Matrix; // [U x v]
  readonly pooled: Pooled;
}

/** What a forward pass leaves for the backward one. */
export interface InteractionPass {
  readonly sides: BothSides;
  readonly asked: Matrix; // [B x v]
  readonly texts: UnitRows; // [3B x d]
  readonly descriptions: UnitRows; // [U x d]
  /** The product of context and description, then the similarities. [R x (v + 4)] */
  readonly columns: Matrix;
}

/** How the context of a mention and the description of a candidate go together. */
export class Interactions {
  private readonly layer: DenseLayer;

  constructor(
    multiply: Multiply,
    weights: Weights,
    private readonly embeddingWidth: number,
  ) {
    this.layer = new DenseLayer(multiply, weights, "interaction");
  }

  forward(sides: BothSides, { rowMention, rowEntity, entities }: MiniBatch): InteractionPass {
    const { context, vectors, pooled } = sides;
    const asked = this.layer.forward(context);
    const texts = unitRows(this.textsOf(pooled, context.rows), EPSILON);
    const described = matrix(entities.length, this.embeddingWidth, pooled.descriptions);
    const descriptions = unitRows(described, EPSILON);
    const columns = matrix(rowMention.length, vectors.width + SIMILARITIES);
    for (let r = 0; r < rowMention.length; r++) {
      const mention = rowMention[r] as number;
      const entity = rowEntity[r] as number;
      let at = r * columns.width;
      let dot = 0;
      for (let j = 0; j < vectors.width; j++) {
        const product =
          (asked.values[mention * vectors.width + j] as number) *
          (vectors.values[entity * vectors.width + j] as number);
        columns.values[at++] = product;
        dot += product;
      }
      columns.values[at++] = DOT_SCALE * dot;
      for (let text = 0; text < TEXTS; text++) {
        const cosine = dotRows(texts.units, mention * TEXTS + text, descriptions.units, entity);
        columns.values[at++] = COSINE_SCALE * cosine;
      }
    }
    return { sides, asked, texts, descriptions, columns };
  }

  /**
   * Adds to the gradients of both sides.
   * @param onColumns gradient of the columns
   */
  backward(
    { sides, asked, texts, descriptions, columns }: InteractionPass,
    { rowMention, rowEntity }: MiniBatch,
    onColumns: Matrix,
    onSides: BothSides,
    gradients: Gradients,
  ): void {
    const { width } = sides.vectors;
    const d = this.embeddingWidth;
    const onAsked = matrix(asked.rows, width);
    const onTexts = matrix(texts.units.rows, texts.units.width);
    const onDescriptions = matrix(descriptions.units.rows, descriptions.units.width);
    for (let r = 0; r < rowMention.length; r++) {
      const mention = rowMention[r] as number;
      const entity = rowEntity[r] as number;
      const at = r * columns.width;
      const onDot = DOT_SCALE * (onColumns.values[at + width] as number);
      for (let j = 0; j < width; j++) {
        const onProduct = (onColumns.values[at + j] as number) + onDot;
        const [m, e] = [mention * width + j, entity * width + j];
        onAsked.values[m] = (onAsked.values[m] as number) + onProduct * (sides.vectors.values[e] as number);
        onSides.vectors.values[e] =
          (onSides.vectors.values[e] as number) + onProduct * (asked.values[m] as number);
      }
      for (let text = 0; text < TEXTS; text++) {
        const onCosine = COSINE_SCALE * (onColumns.values[at + width + 1 + text] as number);
        const [t, e] = [(mention * TEXTS + text) * d, entity * d];
        addScaled(onTexts.values, t, onCosine, descriptions.units.values, e, d);
        addScaled(onDescriptions.values, e, onCosine, texts.units.values, t, d);
      }
    }
    addTo(onSides.context.values, this.layer.backward(sides.context, onAsked, gradients).values);
    unitRowsBackwardInPlace(onTexts.values, texts);
    unitRowsBackwardInPlace(onDescriptions.values, descriptions);
    this.addTexts(onSides.pooled, onTexts);
    addTo(onSides.pooled.descriptions, onDescriptions.values);
  }

  /** The means of all, document and near words of each mention. [3B x d] */
  private textsOf({ context, near }: Pooled, mentions: number): Matrix {
    const d = this.embeddingWidth;
    const texts = matrix(mentions * TEXTS, d);
    for (let b = 0; b < mentions; b++) {
      const at = b * TEXTS * d;
      copyTo(texts.values, at, context, b * 4 * d, d);
      copyTo(texts.values, at + d, context, (b * 4 + 3) * d, d);
      copyTo(texts.values, at + 2 * d, near, b * d, d);
    }
    return texts;
  }

  /** Adds the gradients of {@link textsOf} to those of the means. */
  private addTexts({ context, near }: Pooled, { values, rows }: Matrix): void {
    const d = this.embeddingWidth;
    for (let b = 0; b < rows / TEXTS; b++) {
      const at = b * TEXTS * d;
      addScaled(context, b * 4 * d, 1, values, at, d);
      addScaled(context, (b * 4 + 3) * d, 1, values, at + d, d);
      addScaled(near, b * d, 1, values, at + 2 * d, d);
    }
  }
}
