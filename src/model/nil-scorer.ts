import { type Matrix, matrix } from "../tensor/matrix.js";
import type { Multiply } from "../tensor/multiply.js";
import { zeros } from "../tensor/pass-memory.js";
import type { Weights } from "../tensor/weights.js";
import type { ClassifierInputs } from "./classifier-inputs.js";
import type { Gradients } from "./gradients.js";
import { reluBackwardInPlace, reluInPlace } from "./layers/activations.js";
import { DenseLayer } from "./layers/dense-layer.js";

export const NIL_HIDDEN = 32;
/** The best score at which its column is nearly full. */
export const TOP_SCALE = 5;

/** What a forward pass leaves for the backward one. */
export interface NilPass {
  readonly columns: Matrix; // [B x columns of nil_hidden]
  readonly hidden: Matrix; // [B x 32]
  /** For each mention its best row. [B] */
  readonly best: Int32Array;
  /** Share of each row in its mention's softmax without NIL. [R] */
  readonly shares: Float32Array;
  readonly logits: Float32Array; // [B]
}

/** A mention's evidence for "none of these": its context, how the candidates stand, their best features, its label. */
export class NilScorer {
  private readonly layer: DenseLayer;
  private readonly score: DenseLayer;

  constructor(
    multiply: Multiply,
    weights: Weights,
    private readonly typeWidth: number,
  ) {
    this.layer = new DenseLayer(multiply, weights, "nil_hidden", "nil_hidden_bias");
    this.score = new DenseLayer(multiply, weights, "nil_score", "nil_bias");
  }

  /** @param scores of the candidate rows [R] */
  forward(context: Matrix, scores: Float32Array, inputs: ClassifierInputs): NilPass {
    const { starts } = inputs.batch;
    const { bestFeatures, labels } = inputs;
    const columns = matrix(context.rows, context.width + 2 + bestFeatures.width + this.typeWidth);
    const best = new Int32Array(context.rows);
    const shares = zeros(scores.length);
    for (let b = 0; b < context.rows; b++) {
      const { top, spread } = standing(scores, starts[b] as number, starts[b + 1] as number, shares);
      best[b] = top;
      let at = b * columns.width;
      columns.values.set(rowOf(context, b), at);
      at += context.width;
      columns.values[at++] = Math.tanh((scores[top] as number) / TOP_SCALE);
      columns.values[at++] = Math.tanh(spread);
      columns.values.set(rowOf(bestFeatures, b), at);
      columns.values[at + bestFeatures.width + (labels[b] as number)] = 1;
    }
    const hidden = this.layer.forward(columns);
    reluInPlace(hidden.values);
    return { columns, hidden, best, shares, logits: this.score.forward(hidden).values };
  }

  /** Adds to the gradients of the candidates' scores and of the contexts. */
  backward(
    { columns, hidden, best, shares }: NilPass,
    onLogits: Float32Array,
    { starts }: ClassifierInputs["batch"],
    { onScores, onContext }: { readonly onScores: Float32Array; readonly onContext: Matrix },
    gradients: Gradients,
  ): void {
    const onHidden = this.score.backward(hidden, matrix(hidden.rows, 1, onLogits), gradients);
    reluBackwardInPlace(onHidden.values, hidden.values);
    const onColumns = this.layer.backward(columns, onHidden, gradients);
    for (let b = 0; b < columns.rows; b++) {
      const at = b * columns.width;
      for (let j = 0; j < onContext.width; j++) {
        const i = b * onContext.width + j;
        onContext.values[i] = (onContext.values[i] as number) + (onColumns.values[at + j] as number);
      }
      const standsAt = at + onContext.width;
      const [top, spread] = [0, 1].map(
        (i) =>
          (onColumns.values[standsAt + i] as number) * (1 - (columns.values[standsAt + i] as number) ** 2),
      ) as [number, number];
      const row = best[b] as number;
      onScores[row] = (onScores[row] as number) + top / TOP_SCALE - spread;
      for (let r = starts[b] as number; r < (starts[b + 1] as number); r++) {
        onScores[r] = (onScores[r] as number) + spread * (shares[r] as number);
      }
    }
  }
}

/** The best row of a mention, and by how much all together are more than it: 0 when it stands alone. Fills `shares`. */
function standing(
  scores: Float32Array,
  from: number,
  to: number,
  shares: Float32Array,
): { top: number; spread: number } {
  let top = from;
  for (let r = from; r < to; r++) if ((scores[r] as number) > (scores[top] as number)) top = r;
  let sum = 0;
  for (let r = from; r < to; r++) {
    shares[r] = Math.exp((scores[r] as number) - (scores[top] as number));
    sum += shares[r] as number;
  }
  for (let r = from; r < to; r++) shares[r] = (shares[r] as number) / sum;
  return { top, spread: Math.log(sum) };
}

const rowOf = ({ values, width }: Matrix, row: number): Float32Array =>
  values.subarray(row * width, (row + 1) * width);
