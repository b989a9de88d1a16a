import { addTo, type Matrix, masked, matrix, multiplyBy } from "../tensor/matrix.js";
import type { Multiply } from "../tensor/multiply.js";
import { zeros } from "../tensor/pass-memory.js";
import type { Weights } from "../tensor/weights.js";
import { type CandidatePass, CandidateScorer } from "./candidate-scorer.js";
import type { ClassifierInputs } from "./classifier-inputs.js";
import { contextEncoder } from "./context-encoder.js";
import type { Gradients } from "./gradients.js";
import type { BothSides } from "./interactions.js";
import type { Encoder } from "./layers/encoder.js";
import { logitStarts, type MiniBatch } from "./mini-batch.js";
import { type NilPass, NilScorer } from "./nil-scorer.js";
import type { ModelOptions } from "./options.js";
import type { Pooled } from "./pooling/pooled.js";

/** NIL's logit where the model has none. */
export const IMPOSSIBLE = -1e4;

/** What a forward pass leaves for the backward one. */
export interface ClassifierPass {
  readonly inputs: ClassifierInputs;
  readonly means: Matrix; // [B x 4 embeddingWidth]
  readonly encoded: Matrix; // [B x contextWidth]
  readonly candidates: CandidatePass;
  readonly nil: NilPass | undefined;
  /** Ragged: each mention's candidates, then NIL. [R + B] */
  readonly logits: Float32Array;
}

/** Gradients of what the classifier was given: means of words, and entity vectors. */
export type OnClassifierInputs = Omit<BothSides, "context">;

/**
 * The scores of every mention's candidates and of NIL, as logits. The candidates' hidden layer reads context (128), entity
 * type (16), description (64) and prior (1), and what `options` add.
 *
 * Layers keep their forward and backward pass side by side, over typed arrays; TF.js multiplies the matrices.
 */
export class Classifier {
  private readonly encoder: Encoder;
  private readonly candidates: CandidateScorer;
  private readonly nil: NilScorer | undefined;

  constructor(
    multiply: Multiply,
    weights: Weights,
    private readonly options: ModelOptions,
  ) {
    this.encoder = contextEncoder(multiply, weights);
    this.candidates = new CandidateScorer(multiply, weights, options);
    this.nil = options.nilLogit ? new NilScorer(multiply, weights, options.typeWidth) : undefined;
  }

  /** @param vectors of the batch's entities [U x entityVectorLength] */
  forward(pooled: Pooled, vectors: Matrix, inputs: ClassifierInputs): ClassifierPass {
    const means = matrix(inputs.labels.length, 4 * this.options.embeddingWidth, pooled.context);
    const encoded = this.encoder.forward(means);
    const context = masked(encoded, inputs.contextMask);
    const candidates = this.candidates.forward({ context, vectors, pooled }, inputs);
    const nil = this.nil?.forward(context, candidates.scores, inputs);
    return {
      inputs,
      means,
      encoded,
      candidates,
      nil,
      logits: interleave(candidates.scores, nil?.logits, inputs.batch),
    };
  }

  /** @param onLogits gradient of the logits [R + B] */
  backward(
    { inputs, means, encoded, candidates, nil }: ClassifierPass,
    onLogits: Float32Array,
    gradients: Gradients,
  ): OnClassifierInputs {
    const { onScores, onNil } = divide(onLogits, inputs.batch);
    const { context, vectors, pooled } = candidates.sides;
    const onContext = matrix(context.rows, context.width);
    const on: BothSides = {
      context: onContext,
      vectors: matrix(vectors.rows, vectors.width),
      pooled: {
        context: zeros(pooled.context.length),
        near: zeros(pooled.near.length),
        descriptions: zeros(pooled.descriptions.length),
      },
    };
    if (nil) this.nil?.backward(nil, onNil, inputs.batch, { onScores, onContext }, gradients);
    this.candidates.backward(candidates, onScores, inputs, on, gradients);
    multiplyBy(onContext.values, inputs.contextMask);
    const onMeans = this.encoder.backward(means, encoded, onContext, gradients);
    addTo(on.pooled.context, onMeans.values);
    return on;
  }
}

/** Each mention's scores, then its NIL. */
function interleave(scores: Float32Array, nil: Float32Array | undefined, batch: MiniBatch): Float32Array {
  const starts = logitStarts(batch);
  const logits = zeros(scores.length + batch.mentions.length);
  batch.mentions.forEach((_, b) => {
    logits.set(scores.subarray(batch.starts[b], batch.starts[b + 1]), starts[b]);
    logits[(starts[b + 1] as number) - 1] = nil ? (nil[b] as number) : IMPOSSIBLE;
  });
  return logits;
}

/** The inverse of {@link interleave}. */
function divide(logits: Float32Array, batch: MiniBatch): { onScores: Float32Array; onNil: Float32Array } {
  const starts = logitStarts(batch);
  const onScores = zeros(batch.rows.length);
  const onNil = zeros(batch.mentions.length);
  batch.mentions.forEach((_, b) => {
    const nilAt = (starts[b + 1] as number) - 1;
    onScores.set(logits.subarray(starts[b], nilAt), batch.starts[b]);
    onNil[b] = logits[nilAt] as number;
  });
  return { onScores, onNil };
}
