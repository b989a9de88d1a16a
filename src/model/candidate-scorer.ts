import { addGathered, addTo, addToRows, copyTo, type Matrix, matrix, multiplyBy } from "../tensor/matrix.js";
import type { Multiply } from "../tensor/multiply.js";
import type { Weights } from "../tensor/weights.js";
import type { ClassifierInputs } from "./classifier-inputs.js";
import type { Gradients } from "./gradients.js";
import { type BothSides, type InteractionPass, Interactions, SIMILARITIES } from "./interactions.js";
import { gelu, geluBackwardInPlace } from "./layers/activations.js";
import { DenseLayer } from "./layers/dense-layer.js";
import type { ModelOptions } from "./options.js";

/** What a forward pass leaves for the backward one. */
export interface CandidatePass {
  readonly sides: BothSides;
  readonly interactions: InteractionPass | undefined;
  /** What the hidden layer reads of each row, in the order of `hiddenRowLayout`. */
  readonly columns: Matrix; // [R x columns of hidden_row]
  /** The hidden layer before its activation, and after it. */
  readonly sums: Matrix; // [R x hiddenWidth]
  readonly hidden: Matrix; // [R x hiddenWidth]
  readonly scores: Float32Array; // [R]
}

/**
 * Scores each candidate: a hidden layer over the mention's context, the entity's type, description and prior, and beside
 * them, as options say, features and interactions of context and description; and a linear path around it.
 */
export class CandidateScorer {
  private readonly interactions: Interactions | undefined;
  private readonly fromContext: DenseLayer;
  private readonly fromRow: DenseLayer;
  private readonly score: DenseLayer;
  private readonly skipFeatures: DenseLayer | undefined;
  private readonly skipSimilarities: DenseLayer | undefined;
  private readonly labelTypes: Float32Array | undefined;

  constructor(
    multiply: Multiply,
    weights: Weights,
    private readonly options: ModelOptions,
  ) {
    const layer = (kernel: string, bias?: string) => new DenseLayer(multiply, weights, kernel, bias);
    const ifThere = (kernel: string) => (weights.has(kernel) ? layer(kernel) : undefined);
    const { interactions, embeddingWidth } = options;
    this.interactions = interactions ? new Interactions(multiply, weights, embeddingWidth) : undefined;
    this.fromContext = layer("hidden_context");
    this.fromRow = layer("hidden_row", "hidden_bias");
    this.score = layer("score");
    this.skipFeatures = ifThere("skip_features");
    this.skipSimilarities = ifThere("skip_similarities");
    this.labelTypes = weights.get("label_types")?.values;
  }

  forward(sides: BothSides, inputs: ClassifierInputs): CandidatePass {
    const { batch, features, labelTypes, hiddenMask } = inputs;
    const interactions = this.interactions?.forward(sides, batch);
    const columns = this.columnsOf(sides, interactions, inputs);
    const sums = this.fromRow.forward(columns);
    addGathered(sums, this.fromContext.forward(sides.context), batch.rowMention);
    const hidden = matrix(sums.rows, sums.width, gelu(sums.values));
    multiplyBy(hidden.values, hiddenMask);
    const scores = this.score.forward(hidden).values;
    if (this.skipFeatures) addTo(scores, this.skipFeatures.forward(features).values);
    if (this.skipSimilarities && interactions) {
      addTo(scores, this.skipSimilarities.forward(similaritiesOf(interactions)).values);
    }
    const { labelTypes: bonus } = this;
    for (let r = 0; bonus && r < scores.length; r++) {
      scores[r] = (scores[r] as number) + (bonus[labelTypes[r] as number] as number);
    }
    return { sides, interactions, columns, sums, hidden, scores };
  }

  /** Adds to the gradients of both sides. */
  backward(
    { sides, interactions, columns, sums, hidden }: CandidatePass,
    onScores: Float32Array,
    { batch, features, labelTypes, hiddenMask }: ClassifierInputs,
    onSides: BothSides,
    gradients: Gradients,
  ): void {
    const onScore = matrix(onScores.length, 1, onScores);
    const onHidden = this.score.backward(hidden, onScore, gradients);
    multiplyBy(onHidden.values, hiddenMask);
    geluBackwardInPlace(onHidden.values, sums.values);
    const onGathered = matrix(sides.context.rows, sums.width);
    addToRows(onGathered, batch.rowMention, onHidden);
    addTo(onSides.context.values, this.fromContext.backward(sides.context, onGathered, gradients).values);
    const onColumns = this.fromRow.backward(columns, onHidden, gradients);
    this.skipFeatures?.backward(features, onScore, gradients);
    const onBonus = gradients.dense.get("label_types");
    if (onBonus) {
      labelTypes.forEach((place, r) => {
        onBonus[place] = (onBonus[place] as number) + (onScores[r] as number);
      });
    }
    const { typeWidth } = this.options;
    addToRows(onSides.vectors, batch.rowEntity, slice(onColumns, typeWidth, sides.vectors.width));
    if (!this.interactions || !interactions) return;
    const { width } = interactions.columns;
    const onInteractions = slice(onColumns, columns.width - width, width);
    const onSimilarities = this.skipSimilarities?.backward(similaritiesOf(interactions), onScore, gradients);
    if (onSimilarities) {
      for (let r = 0; r < onSimilarities.rows; r++) {
        for (let j = 0; j < SIMILARITIES; j++) {
          const at = (r + 1) * width - SIMILARITIES + j;
          onInteractions.values[at] =
            (onInteractions.values[at] as number) + (onSimilarities.values[r * SIMILARITIES + j] as number);
        }
      }
    }
    this.interactions.backward(interactions, batch, onInteractions, onSides, gradients);
  }

  /** Types, descriptions, priors, features, and interactions. */
  private columnsOf(
    { vectors }: BothSides,
    interactions: InteractionPass | undefined,
    { batch, types, priors, features }: ClassifierInputs,
  ): Matrix {
    const { typeWidth } = this.options;
    const width = typeWidth + vectors.width + 1 + features.width + (interactions?.columns.width ?? 0);
    const columns = matrix(types.length, width);
    const { values } = columns;
    for (let r = 0, at = 0; r < columns.rows; r++) {
      values[at + (types[r] as number)] = 1;
      at += typeWidth;
      at = put(values, at, vectors, batch.rowEntity[r] as number);
      values[at++] = priors[r] as number;
      at = put(values, at, features, r);
      if (interactions) at = put(values, at, interactions.columns, r);
    }
    return columns;
  }
}

/** Writes a row of a matrix, and returns where it ends. */
function put(to: Float32Array, at: number, { values, width }: Matrix, row: number): number {
  copyTo(to, at, values, row * width, width);
  return at + width;
}

function similaritiesOf({ columns }: InteractionPass): Matrix {
  return slice(columns, columns.width - SIMILARITIES, SIMILARITIES);
}

/** Some neighbouring columns. */
function slice({ values, rows, width }: Matrix, from: number, count: number): Matrix {
  const part = matrix(rows, count);
  for (let r = 0; r < rows; r++) copyTo(part.values, r * count, values, r * width + from, count);
  return part;
}
