/** The score of each candidate, as `model/candidate-scorer.ts` and `model/interactions.ts` have it. */
import type { ModelOptions } from "../../../model/options.js";
import { byLanes, columnSums, each, type Kernel, product } from "../kernel.js";
import type { HasWeight } from "../weight-places.js";

/** Which mean each of the similarities' texts is: all context, the document, what is near. */
const TEXTS = `
const TEXTS = array(0u, 3u, 4u);

/** Column of a row's first cosine. */
fn cosines_of(row: u32) -> u32 { return row * ROW_WIDTH + ROW_SIMILARITIES + 1; }
`;
const withTexts = ({ code, ...kernel }: Kernel): Kernel => ({ ...kernel, code: TEXTS + code });

/** Gradient of number `j` of the product of context and description, in row `r`: its own, and by the dot product. */
const ON_PRODUCT = `
fn on_product(row: u32, j: u32) -> f32 {
  let at = row * ROW_WIDTH;
  return on_columns[at + ROW_PRODUCT + j] + DOT_SCALE * on_columns[at + ROW_SIMILARITIES];
}
`;
const withProduct = ({ code, ...kernel }: Kernel): Kernel => ({ ...kernel, code: ON_PRODUCT + code });

/** The sigmoid by which gelu scales a number; exponents stay where they are finite, as drivers promise nothing beyond. */
const GATE = `
fn gate(number: f32) -> f32 { return 1 / (1 + exp(min(-GELU_SLOPE * number, 80.0))); }
`;
const withGate = ({ code, ...kernel }: Kernel): Kernel => ({ ...kernel, code: GATE + code });

export function candidatesForward({ interactions }: ModelOptions, has: HasWeight): Kernel[] {
  return [
    ...(interactions ? [ASKED] : []),
    FROM_CONTEXT,
    byLanes(
      "columns of rows",
      "rows",
      `
  let mention = row_mention[i];
  let entity = row_entity[i];
  let at = i * ROW_WIDTH;
  for (var j = lane; j < TYPES; j += LANES) { columns[at + ROW_TYPES + j] = select(0.0, 1.0, types[i] == j); }
  for (var j = lane; j < VECTOR; j += LANES) { columns[at + ROW_DESCRIPTION + j] = vectors[entity * VECTOR + j]; }
  for (var j = lane; j < FEATURES; j += LANES) { columns[at + ROW_FEATURES + j] = features[i * FEATURES + j]; }
  if (lane == 0) { columns[at + ROW_PRIOR] = priors[i]; }`,
    ),
    ...(interactions ? [INTERACTIONS] : []),
    withGate(
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

/**
 * Of `on_scores`; NIL's part of `on_context` is there already. Leaves `on_encoded` and `on_vectors`, and
 * writes all of `on_means`.
 */
export function candidatesBackward(options: ModelOptions, has: HasWeight): Kernel[] {
  const { interactions } = options;
  return [
    withGate(
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
    ...(interactions ? [...INTERACTIONS_BACKWARD, onContext(options)] : []),
    onVectors(options),
    onMeans(options),
    onEncoded(options),
  ];
}

/** What context asks of a description, to be multiplied by its vector. */
const ASKED = product("asked", {
  rows: "mentions",
  columns: "VECTOR",
  inner: "CONTEXT",
  left: "context[i * CONTEXT + k]",
  right: "interaction[k * VECTOR + j]",
  put: "asked[i * VECTOR + j] = sum;",
});

/** The context's part of the hidden layer, the same for all rows of a mention. */
const FROM_CONTEXT = product("context's part of the hidden layer", {
  rows: "mentions",
  columns: "HIDDEN",
  inner: "CONTEXT",
  left: "context[i * CONTEXT + k]",
  right: "hidden_context[k * HIDDEN + j]",
  put: "from_context[i * HIDDEN + j] = sum;",
});

const INTERACTIONS = withTexts(
  byLanes(
    "interactions",
    "rows",
    `
  let mention = row_mention[i];
  let entity = row_entity[i];
  let described = 5 * step.mentions + entity;
  let at = i * ROW_WIDTH;
  var dots = vec4f();
  for (var j = lane; j < VECTOR; j += LANES) {
    let number = asked[mention * VECTOR + j] * vectors[entity * VECTOR + j];
    columns[at + ROW_PRODUCT + j] = number;
    dots.x += number;
  }
  for (var j = lane; j < EMBEDDING; j += LANES) {
    let number = means[described * EMBEDDING + j];
    for (var text = 0u; text < 3; text++) {
      dots[text + 1] += number * means[(5 * mention + TEXTS[text]) * EMBEDDING + j];
    }
  }
  dots = total(dots, lane);
  if (lane == 0) {
    columns[at + ROW_SIMILARITIES] = DOT_SCALE * dots.x;
    for (var text = 0u; text < 3; text++) {
      let cosine = dots[text + 1] / (lengths[5 * mention + TEXTS[text]] * lengths[described]);
      columns[cosines_of(i) + text] = COSINE_SCALE * cosine;
    }
  }`,
  ),
);

const INTERACTIONS_BACKWARD: readonly Kernel[] = [
  withProduct(
    each(
      "gradients of what contexts ask",
      "mentions * VECTOR",
      `
  let mention = i / VECTOR;
  let j = i % VECTOR;
  var sum = 0.0;
  for (var row = starts[mention]; row < starts[mention + 1]; row++) {
    sum += on_product(row, j) * vectors[row_entity[row] * VECTOR + j];
  }
  on_asked[i] = sum;`,
    ),
  ),
  product("gradient of interaction", {
    rows: "CONTEXT",
    columns: "VECTOR",
    inner: "mentions",
    left: "context[k * CONTEXT + i]",
    right: "on_asked[k * VECTOR + j]",
    transposed: "left",
    put: "grad_interaction[i * VECTOR + j] = sum;",
  }),
];

/** By what contexts ask, added to what NIL says, if the model has its logit. */
function onContext({ nilLogit }: ModelOptions): Kernel {
  return product("gradients of contexts, by what they ask", {
    rows: "mentions",
    columns: "CONTEXT",
    inner: "VECTOR",
    left: "on_asked[i * VECTOR + k]",
    right: "interaction[j * VECTOR + k]",
    transposed: "right",
    put: `on_context[i * CONTEXT + j] ${nilLogit ? "+=" : "="} sum;`,
  });
}

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

function onVectors({ interactions }: ModelOptions): Kernel {
  const byProduct = interactions ? "+ on_product(row, j) * asked[row_mention[row] * VECTOR + j]" : "";
  const kernel = each(
    "gradients of entity vectors",
    "entities * VECTOR",
    `
  let entity = i / VECTOR;
  let j = i % VECTOR;
  var sum = 0.0;
  for (var at = entity_starts[entity]; at < entity_starts[entity + 1]; at++) {
    let row = entity_rows[at];
    sum += on_columns[row * ROW_WIDTH + ROW_DESCRIPTION + j] ${byProduct};
  }
  on_vectors[i] = sum * (1 - vectors[i] * vectors[i]);`,
  );
  return interactions ? withProduct(kernel) : kernel;
}

/** By the cosines; what the encoders read of the means comes later. */
function onMeans({ interactions }: ModelOptions): Kernel {
  const count = "5 * mentions * EMBEDDING + entities * EMBEDDING";
  if (!interactions) return each("gradients of means", count, "on_means[i] = 0.0;");
  return withTexts(
    each(
      "gradients of means, by cosines",
      count,
      `
  let mean = i / EMBEDDING;
  let j = i % EMBEDDING;
  let described = 5 * step.mentions;
  let unit = means[i] / lengths[mean];
  var sum = 0.0;
  if (mean >= described) {
    let entity = mean - described;
    for (var at = entity_starts[entity]; at < entity_starts[entity + 1]; at++) {
      let row = entity_rows[at];
      for (var text = 0u; text < 3; text++) {
        let other = 5 * row_mention[row] + TEXTS[text];
        let scaled = COSINE_SCALE * means[other * EMBEDDING + j] / lengths[other];
        sum += on_columns[cosines_of(row) + text] * (scaled - columns[cosines_of(row) + text] * unit);
      }
    }
  } else {
    for (var text = 0u; text < 3; text++) {
      if (mean % 5 != TEXTS[text]) { continue; }
      for (var row = starts[mean / 5]; row < starts[mean / 5 + 1]; row++) {
        let other = described + row_entity[row];
        let scaled = COSINE_SCALE * means[other * EMBEDDING + j] / lengths[other];
        sum += on_columns[cosines_of(row) + text] * (scaled - columns[cosines_of(row) + text] * unit);
      }
    }
  }
  on_means[i] = sum / lengths[mean];`,
    ),
  );
}

/** By the hidden layer, added to what NIL and the interactions say, where the model has them. */
function onEncoded({ nilLogit, interactions }: ModelOptions): Kernel {
  return product("gradients of contexts", {
    rows: "mentions",
    columns: "CONTEXT",
    inner: "HIDDEN",
    left: "on_gathered[i * HIDDEN + k]",
    right: "hidden_context[j * HIDDEN + k]",
    transposed: "right",
    put: `
  let at = i * CONTEXT + j;
  let before = ${nilLogit || interactions ? "on_context[at]" : "0.0"};
  on_encoded[at] = (before + sum) * context_mask[at] * (1 - encoded[at] * encoded[at]);`,
  });
}
