import { featureColumns } from "./features/groups.js";
import { SIMILARITIES } from "./interactions.js";
import { NIL_HIDDEN } from "./nil-scorer.js";
import type { ModelOptions } from "./options.js";
import type { Init } from "./parameters.js";

/** Named runs of a weight's rows, in their order. */
export type RowLayout = readonly (readonly [name: string, rows: number])[];

const featureCount = ({ features, relativeFeatures }: ModelOptions): number =>
  featureColumns(features, relativeFeatures).length;

const rowsOf = (layout: RowLayout): number => layout.reduce((sum, [, rows]) => sum + rows, 0);

/** What the rows of `hidden_row` multiply. */
export function hiddenRowLayout(options: ModelOptions): RowLayout {
  const { typeWidth, entityVectorLength, interactions } = options;
  const card: RowLayout = [
    ["types", typeWidth],
    ["description", entityVectorLength],
    ["prior", 1],
    ["features", featureCount(options)],
  ];
  return interactions ? [...card, ["product", entityVectorLength], ["similarities", SIMILARITIES]] : card;
}

/** What the rows of `nil_hidden` multiply. */
export function nilHiddenLayout(options: ModelOptions): RowLayout {
  return [
    ["context", options.contextWidth],
    ["standing", 2],
    ["features", featureCount(options)],
    ["labels", options.typeWidth],
  ];
}

export function classifierShapes(options: ModelOptions): Record<string, Init> {
  const { contextWidth, typeWidth, entityVectorLength, hiddenWidth, interactions } = options;
  const features = featureCount(options);
  const inits: Record<string, Init> = {
    hidden_context: { shape: [contextWidth, hiddenWidth], gain: 1 },
    hidden_row: { shape: [rowsOf(hiddenRowLayout(options)), hiddenWidth], gain: 1 },
    hidden_bias: { shape: [hiddenWidth], gain: 0 },
    score: { shape: [hiddenWidth, 1], gain: 0.3 },
  };
  if (interactions) inits.interaction = { shape: [contextWidth, entityVectorLength], gain: 1 };
  if (options.skip && features > 0) inits.skip_features = { shape: [features, 1], gain: 0 };
  if (options.skip && interactions) inits.skip_similarities = { shape: [SIMILARITIES, 1], gain: 0 };
  if (options.labelTypes) inits.label_types = { shape: [typeWidth * typeWidth], gain: 0 };
  if (options.nilLogit) {
    inits.nil_hidden = { shape: [rowsOf(nilHiddenLayout(options)), NIL_HIDDEN], gain: 1 };
    inits.nil_hidden_bias = { shape: [NIL_HIDDEN], gain: 0 };
    inits.nil_score = { shape: [NIL_HIDDEN, 1], gain: 0.3 };
    inits.nil_bias = { shape: [1], gain: 0 };
  }
  return inits;
}
