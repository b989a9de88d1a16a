/** The score of each candidate, as `model/candidate-scorer.ts` has it. */
import type { ModelOptions } from "../../../model/options.js";
import { byLanes, columnSums, each, type Kernel, product, withFunctions } from "../kernel.js";
import { NUMBERS_OF_MEANS } from "../scratch.js";
import type { HasWeight } from "../weight-places.js";
import { INTERACTIONS_BACKWARD, INTERACTIONS_FORWARD } from "./interactions.js";

/** The sigmoid by which gelu scales a number; exponents stay where they are finite, as drivers promise nothing beyond. */
const GATE = `
fn gate(number: f32) -> f32 { return 1 / (1 + exp(min(-GELU_SLOPE * number, 80.0))); }
`;

export function candidatesForward({ interactions }: ModelOptions, has: HasWeight): Kernel[] {
  return [
    FROM_CONTEXT,
    byLanes(
      "columns of rows",
      "rows",
      `
  let entity = row_entity[i];
  let at = i * ROW_WIDTH;
  for (var j = lane; j < TYPES; j += LANES) { columns[at + ROW_TYPES + j] = select(0.0, 1.0, types[i] == j); }
  for (var j = lane; j < VECTOR; j += LANES) { columns[at + ROW_DESCRIPTION + j] = vectors[entity * VECTOR + j]; }
  for (var j = lane; j < FEATURES; j += LANES) { columns[at + ROW_FEATURES + j] = features[i * FEATURES + j]; }
  if (lane == 0) { columns[at + ROW_PRIOR] = priors[i]; }`,
    ),
    ...(interactions ? INTERACTIONS_FORWARD : []),
    withFunctions(
      GATE,
      product("hidden layer", {
        rows: "rows",
        columns: "HIDDEN",
        inner: "ROW_WIDTH",
        left: "columns[i * ROW_WIDTH + k]",
        right: "hidden_row[k * HIDDEN + j]",
        put: `
  let at = i * HIDDEN + j;
  let number = sum + hidden_bias[j] + from_context[row_mention[i] * HIDDEN + j];
  hidden_sums[at] = number;
  hidden[at] = number * gate(number) * hidden_mask[at];`,
      }),
    ),
    byLanes(
      "scores",
      "rows",
      `
  var sum = 0.0;
  for (var j = lane; j < HIDDEN; j += LANES) { sum += hidden[i * HIDDEN + j] * score[j]; }
  ${
    has("skip_features")
      ? "for (var j = lane; j < FEATURES; j += LANES) { sum += features[i * FEATURES + j] * skip_features[j]; }"
      : ""
  }
  ${
    has("skip_similarities")
      ? "if (lane < SIMILARITIES) { sum += columns[i * ROW_WIDTH + ROW_SIMILARITIES + lane] * skip_similarities[lane]; }"
      : ""
  }
  ${has("label_types") ? "if (lane == 0) { sum += label_types[row_label_types[i]]; }" : ""}
  sum = total(vec4f(sum), lane).x;
  if (lane == 0) { scores[i] = sum; }`,
    ),
  ];
}

/** Of `on_scores`; `on_context` has NIL's part, where there is one. Leaves `on_context`, `on_vectors` and `on_means`. */
export function candidatesBackward({ interactions, nilLogit }: ModelOptions, has: HasWeight): Kernel[] {
  return [
    withFunctions(
      GATE,
      each(
        "gradients of hidden units",
        "rows * HIDDEN",
        `
  let number = hidden_sums[i];
  let share = gate(number);
  let slope = share * (1 + GELU_SLOPE * number * (1 - share));
  on_hidden[i] = on_scores[i / HIDDEN] * score[i % HIDDEN] * hidden_mask[i] * slope;`,
      ),
    ),
    columnSums("gradient of score", {
      rows: "rows",
      columns: "HIDDEN",
      element: "hidden[i * HIDDEN + j] * on_scores[i]",
      to: "grad_score[j]",
    }),
    ...aroundBackward(has),
    each(
      "gradients of hidden units, by mention",
      "mentions * HIDDEN",
      `
  let mention = i / HIDDEN;
  var sum = 0.0;
  for (var row = starts[mention]; row < starts[mention + 1]; row++) { sum += on_hidden[row * HIDDEN + i % HIDDEN]; }
  on_gathered[i] = sum;`,
    ),
    product("gradient of hidden_context", {
      rows: "CONTEXT",
      columns: "HIDDEN",
      inner: "mentions",
      left: "context[k * CONTEXT + i]",
      right: "on_gathered[k * HIDDEN + j]",
      transposed: "left",
      put: "grad_hidden_context[i * HIDDEN + j] = sum;",
    }),
    product("gradient of hidden_row", {
      rows: "ROW_WIDTH",
      columns: "HIDDEN",
      inner: "rows",
      left: "columns[k * ROW_WIDTH + i]",
      right: "on_hidden[k * HIDDEN + j]",
      transposed: "left",
      put: "grad_hidden_row[i * HIDDEN + j] = sum;",
    }),
    columnSums("gradient of hidden_bias", {
      rows: "rows",
      columns: "HIDDEN",
      element: "on_hidden[i * HIDDEN + j]",
      to: "grad_hidden_bias[j]",
    }),
    product("gradients of rows' columns", {
      rows: "rows",
      columns: "ROW_WIDTH",
      inner: "HIDDEN",
      left: "on_hidden[i * HIDDEN + k]",
      right: "hidden_row[j * HIDDEN + k]",
      transposed: "right",
      put: `
  var number = sum;
  ${
    has("skip_similarities")
      ? "if (j >= ROW_SIMILARITIES) { number += on_scores[i] * skip_similarities[j - ROW_SIMILARITIES]; }"
      : ""
  }
  on_columns[i * ROW_WIDTH + j] = number;`,
    }),
    product("gradients of contexts", {
      rows: "mentions",
      columns: "CONTEXT",
      inner: "HIDDEN",
      left: "on_gathered[i * HIDDEN + k]",
      right: "hidden_context[j * HIDDEN + k]",
      transposed: "right",
      put: `on_context[i * CONTEXT + j] ${nilLogit ? "+=" : "="} sum;`,
    }),
    each(
      "gradients of entity vectors",
      "entities * VECTOR",
      `
  let entity = i / VECTOR;
  var sum = 0.0;
  for (var at = entity_starts[entity]; at < entity_starts[entity + 1]; at++) {
    sum += on_columns[entity_rows[at] * ROW_WIDTH + ROW_DESCRIPTION + i % VECTOR];
  }
  on_vectors[i] = sum;`,
    ),
    ...(interactions ? INTERACTIONS_BACKWARD : [NO_MEANS]),
  ];
}

/** The context's part of the hidden layer, the same for all rows of a mention. */
const FROM_CONTEXT = product("context's part of the hidden layer", {
  rows: "mentions",
  columns: "HIDDEN",
  inner: "CONTEXT",
  left: "context[i * CONTEXT + k]",
  right: "hidden_context[k * HIDDEN + j]",
  put: "from_context[i * HIDDEN + j] = sum;",
});

/** The linear path around the hidden layer, and the table of labels and types. */
function aroundBackward(has: HasWeight): Kernel[] {
  const sums = (weight: string, columns: string, element: string): Kernel[] =>
    has(weight)
      ? [columnSums(`gradient of ${weight}`, { rows: "rows", columns, element, to: `grad_${weight}[j]` })]
      : [];
  return [
    ...sums("skip_features", "FEATURES", "features[i * FEATURES + j] * on_scores[i]"),
    ...sums(
      "skip_similarities",
      "SIMILARITIES",
      "columns[i * ROW_WIDTH + ROW_SIMILARITIES + j] * on_scores[i]",
    ),
    ...sums("label_types", "TYPES * TYPES", "select(0.0, on_scores[i], row_label_types[i] == j)"),
  ];
}

/** Without interactions nothing but the encoders reads the means. */
const NO_MEANS = each("no gradients of means", NUMBERS_OF_MEANS, "on_means[i] = 0.0;");
