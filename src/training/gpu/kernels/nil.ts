/** A mention's evidence for "none of these", as `model/nil-scorer.ts` has it. */
import { columnSums, each, type Kernel, product, withFunctions } from "../kernel.js";

const STANDING = `
struct Standing { best: u32, top: f32, sum: f32 }

/** The best row of a mention, its score, and the sum of exp(score - best score). */
fn standing_of(mention: u32) -> Standing {
  var best = starts[mention];
  for (var row = best; row < starts[mention + 1]; row++) { if (scores[row] > scores[best]) { best = row; } }
  var sum = 0.0;
  for (var row = starts[mention]; row < starts[mention + 1]; row++) { sum += exp(scores[row] - scores[best]); }
  return Standing(best, scores[best], sum);
}
`;

export const NIL_FORWARD: readonly Kernel[] = [
  withFunctions(
    STANDING,
    each(
      "NIL's columns",
      "mentions * NIL_WIDTH",
      `
  let mention = i / NIL_WIDTH;
  let j = i % NIL_WIDTH;
  var number = 0.0;
  if (j < NIL_STANDING) {
    number = context[mention * CONTEXT + j];
  } else if (j < NIL_FEATURES) {
    let standing = standing_of(mention);
    number = select(tanh(log(standing.sum)), tanh(clamp(standing.top / TOP_SCALE, -10, 10)), j == NIL_STANDING);
  } else if (j < NIL_LABELS) {
    number = best_features[mention * FEATURES + j - NIL_FEATURES];
  } else {
    number = select(0.0, 1.0, labels[mention] == j - NIL_LABELS);
  }
  nil_columns[i] = number;`,
    ),
  ),
  product("NIL's hidden layer", {
    rows: "mentions",
    columns: "NIL_HIDDEN",
    inner: "NIL_WIDTH",
    left: "nil_columns[i * NIL_WIDTH + k]",
    right: "nil_hidden[k * NIL_HIDDEN + j]",
    put: "nil_units[i * NIL_HIDDEN + j] = max(0.0, sum + nil_hidden_bias[j]);",
  }),
  each(
    "NIL's logits",
    "mentions",
    `
  var sum = nil_bias[0];
  for (var j = 0u; j < NIL_HIDDEN; j++) { sum += nil_units[i * NIL_HIDDEN + j] * nil_score[j]; }
  nil_logits[i] = sum;`,
  ),
];

/** Of `on_nil`: adds to `on_scores`, and begins `on_context`. */
export const NIL_BACKWARD: readonly Kernel[] = [
  each(
    "gradients of NIL's units",
    "mentions * NIL_HIDDEN",
    "on_nil_units[i] = select(0.0, on_nil[i / NIL_HIDDEN] * nil_score[i % NIL_HIDDEN], nil_units[i] > 0);",
  ),
  columnSums("gradient of nil_score", {
    rows: "mentions",
    columns: "NIL_HIDDEN",
    element: "nil_units[i * NIL_HIDDEN + j] * on_nil[i]",
    to: "grad_nil_score[j]",
  }),
  columnSums("gradient of nil_bias", {
    rows: "mentions",
    columns: "1",
    element: "on_nil[i]",
    to: "grad_nil_bias[j]",
  }),
  product("gradient of nil_hidden", {
    rows: "NIL_WIDTH",
    columns: "NIL_HIDDEN",
    inner: "mentions",
    left: "nil_columns[k * NIL_WIDTH + i]",
    right: "on_nil_units[k * NIL_HIDDEN + j]",
    transposed: "left",
    put: "grad_nil_hidden[i * NIL_HIDDEN + j] = sum;",
  }),
  columnSums("gradient of nil_hidden_bias", {
    rows: "mentions",
    columns: "NIL_HIDDEN",
    element: "on_nil_units[i * NIL_HIDDEN + j]",
    to: "grad_nil_hidden_bias[j]",
  }),
  product("gradients of NIL's columns", {
    rows: "mentions",
    columns: "NIL_FEATURES",
    inner: "NIL_HIDDEN",
    left: "on_nil_units[i * NIL_HIDDEN + k]",
    right: "nil_hidden[j * NIL_HIDDEN + k]",
    transposed: "right",
    put: `
  if (j < NIL_STANDING) { on_context[i * CONTEXT + j] = sum; } else { on_standing[i * 2 + j - NIL_STANDING] = sum; }`,
  }),
  withFunctions(
    STANDING,
    each(
      "gradients of scores, by NIL",
      "mentions",
      `
  let standing = standing_of(i);
  let at = i * NIL_WIDTH + NIL_STANDING;
  let on_top = on_standing[i * 2] * (1 - nil_columns[at] * nil_columns[at]);
  let on_spread = on_standing[i * 2 + 1] * (1 - nil_columns[at + 1] * nil_columns[at + 1]);
  on_scores[standing.best] += on_top / TOP_SCALE - on_spread;
  for (var row = starts[i]; row < starts[i + 1]; row++) {
    on_scores[row] += on_spread * exp(scores[row] - standing.top) / standing.sum;
  }`,
    ),
  ),
];
