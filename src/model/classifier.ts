import type * as tfjs from "@tensorflow/tfjs-core";
import type { TensorFlow } from "../tensor/backend.js";
import { encodeContext } from "./context-encoder.js";
import { encodeDescriptions } from "./description-encoder.js";
import { featureColumns } from "./features/groups.js";
import type { ModelOptions } from "./options.js";
import type { DenseTensors, Init } from "./parameters.js";

/** Log-odds of places without a candidate. */
const IMPOSSIBLE = -1e4;
const NIL_HIDDEN = 32;
/** The dot product, and the cosines of description with sentence, document and near words. */
const SIMILARITIES = 4;

/** The differentiable inputs: what {@link TokenPooling} gives. B mentions, U entities, d the embedding width. */
export interface PooledTensors {
  readonly context: tfjs.Tensor2D; // [B, 4d]
  readonly near: tfjs.Tensor2D; // [B, d]
  readonly descriptions: tfjs.Tensor2D; // [U, d]
}

/** All that does not depend on weights; R candidate rows, F features, C candidates of the mention that has most. */
export interface ClassifierInputs {
  readonly rowMention: tfjs.Tensor1D; // [R] int32
  readonly rowEntity: tfjs.Tensor1D; // [R] int32
  readonly types: tfjs.Tensor2D; // [R, typeWidth] one-hot
  readonly priors: tfjs.Tensor2D; // [R, 1]
  readonly features: tfjs.Tensor2D | undefined; // [R, F] standardised
  readonly labelTypes: tfjs.Tensor1D; // [R] int32, label x typeWidth + type
  readonly labels: tfjs.Tensor2D; // [B, typeWidth] one-hot
  readonly bestFeatures: tfjs.Tensor2D | undefined; // [B, F] highest of the mention's rows
  /** For each place of a B x C table its candidate row, R where there is none. */
  readonly places: tfjs.Tensor1D; // [B * C] int32
  readonly mentions: number; // B
  readonly widest: number; // C
  /** Vectors of the entities, when the knowledge base has them; else descriptions are encoded. */
  readonly entityVectors: tfjs.Tensor2D | undefined; // [U, entityVectorLength]
  /** Dropout of training: 0 or 1 / share kept. */
  readonly contextMask: tfjs.Tensor2D | undefined; // [B, contextWidth]
  readonly hiddenMask: tfjs.Tensor2D | undefined; // [R, hiddenWidth]
}

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

/**
 * The scores of every mention's candidates and of NIL, as logits. [B, C + 1]
 * The hidden layer reads context (128), entity type (16), description (64) and prior (1), and beside them, as
 * `options` say, interactions of context and description and the hand-made features.
 */
export function classify(
  tf: TensorFlow,
  pooled: PooledTensors,
  inputs: ClassifierInputs,
  weights: DenseTensors,
  options: ModelOptions,
): tfjs.Tensor2D {
  const encoded = encodeContext(tf, pooled.context, weights);
  const context = inputs.contextMask ? tf.mul(encoded, inputs.contextMask) : encoded; // [B, contextWidth]
  const vectors = inputs.entityVectors ?? encodeDescriptions(tf, pooled.descriptions, weights); // [U, vector]
  const description = tf.gather(vectors, inputs.rowEntity); // [R, vector]

  const columns: tfjs.Tensor2D[] = [inputs.types, description, inputs.priors];
  if (inputs.features) columns.push(inputs.features);
  let similarities: tfjs.Tensor2D | undefined; // [R, 4]
  if (options.interactions) {
    const asked = tf.gather(tf.matMul(context, weights.get("interaction")), inputs.rowMention); // [R, vector]
    const product = tf.mul(asked, description);
    const dot = tf.div(tf.sum(product, 1, true), 4);
    similarities = tf.concat([dot, cosines(tf, pooled, inputs)], 1) as tfjs.Tensor2D;
    columns.push(product as tfjs.Tensor2D, similarities);
  }
  const fromContext = tf.gather(tf.matMul(context, weights.get("hidden_context")), inputs.rowMention);
  const fromRow = tf.matMul(tf.concat(columns, 1), weights.get("hidden_row"));
  const hidden = gelu(tf, tf.add(tf.add(fromContext, fromRow), weights.get("hidden_bias"))); // [R, hiddenWidth]
  const kept = inputs.hiddenMask ? tf.mul(hidden, inputs.hiddenMask) : hidden;
  let scores = tf.matMul(kept as tfjs.Tensor2D, weights.get("score")); // [R, 1]
  if (options.skip && inputs.features) {
    scores = tf.add(scores, tf.matMul(inputs.features, weights.get("skip_features")));
  }
  if (options.skip && similarities) {
    scores = tf.add(scores, tf.matMul(similarities, weights.get("skip_similarities")));
  }
  let flat = tf.reshape(scores, [-1]); // [R]
  if (options.labelTypes) flat = tf.add(flat, tf.gather(weights.get("label_types"), inputs.labelTypes));

  const places = tf.gather(tf.concat([flat, tf.tensor1d([IMPOSSIBLE])]), inputs.places);
  const table = tf.reshape(places, [inputs.mentions, inputs.widest]) as tfjs.Tensor2D; // [B, C]
  const nil = options.nilLogit
    ? nilScores(tf, context as tfjs.Tensor2D, table, inputs, weights)
    : tf.fill([inputs.mentions, 1], IMPOSSIBLE);
  return tf.concat([table, nil], 1) as tfjs.Tensor2D;
}

/** Cosines of each row's description with all, document and near words of its mention, times 2. [R, 3] */
function cosines(
  tf: TensorFlow,
  { context, near, descriptions }: PooledTensors,
  inputs: ClassifierInputs,
): tfjs.Tensor2D {
  const width = descriptions.shape[1];
  const parts = tf.reshape(context, [-1, 4, width]);
  const all = tf.slice(parts, [0, 0, 0], [-1, 1, width]);
  const document = tf.slice(parts, [0, 3, 0], [-1, 1, width]);
  const texts = unit(tf, tf.concat([all, document, tf.expandDims(near, 1)], 1)); // [B, 3, d]
  const ofMention = tf.gather(tf.reshape(texts, [-1, 3 * width]), inputs.rowMention);
  const ofEntity = tf.expandDims(tf.gather(unit(tf, descriptions), inputs.rowEntity), 1); // [R, 1, d]
  const products = tf.mul(tf.reshape(ofMention, [-1, 3, width]), ofEntity);
  return tf.mul(2, tf.sum(products, 2)) as tfjs.Tensor2D;
}

/** A mention's evidence for "none of these": its context, how the candidates stand, their best features, its label. [B, 1] */
function nilScores(
  tf: TensorFlow,
  context: tfjs.Tensor2D,
  table: tfjs.Tensor2D,
  { bestFeatures, labels }: ClassifierInputs,
  weights: DenseTensors,
): tfjs.Tensor2D {
  const top = tf.max(table, 1, true);
  const spread = tf.sub(tf.logSumExp(table, 1, true), top); // 0 when one candidate stands alone
  const columns = [
    context,
    tf.tanh(tf.div(top, 5)),
    tf.tanh(spread),
    ...(bestFeatures ? [bestFeatures] : []),
    labels,
  ];
  const hidden = tf.relu(
    tf.add(
      tf.matMul(tf.concat(columns, 1) as tfjs.Tensor2D, weights.get("nil_hidden")),
      weights.get("nil_hidden_bias"),
    ),
  );
  return tf.add(tf.matMul(hidden as tfjs.Tensor2D, weights.get("nil_score")), weights.get("nil_bias"));
}

/** Gaussian error linear unit in its sigmoid approximation. */
function gelu<T extends tfjs.Tensor>(tf: TensorFlow, x: T): T {
  return tf.mul(x, tf.sigmoid(tf.mul(x, 1.702)));
}

function unit<T extends tfjs.Tensor>(tf: TensorFlow, x: T): T {
  return tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-4)));
}
