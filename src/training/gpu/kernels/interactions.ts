/** How context and description go together, as `model/interactions.ts` has it: columns of the candidates' rows. */
import { byLanes, each, type Kernel, product, withFunctions } from "../kernel.js";
import { NUMBERS_OF_MEANS } from "../scratch.js";

/** Which mean each of the similarities' texts is: all context, the document, what is near. */
const TEXTS = `
const TEXTS = array(ALL, DOCUMENT, NEAR);

/** Column of a row's first cosine. */
fn cosines_of(row: u32) -> u32 { return row * ROW_WIDTH + ROW_SIMILARITIES + 1; }

/** What the cosine in a column does to a number of one mean, unit where that has length 1: times its length, the gradient. */
fn by_cosine(column: u32, of_other: u32, length_of_other: f32, unit: f32) -> f32 {
  return on_columns[column] * (COSINE_SCALE * means[of_other] / length_of_other - columns[column] * unit);
}
`;

/** Gradient of number `j` of the product of context and description, in a row: its own, and by the dot product. */
const ON_PRODUCT = `
fn on_product(row: u32, j: u32) -> f32 {
  let at = row * ROW_WIDTH;
  return on_columns[at + ROW_PRODUCT + j] + DOT_SCALE * on_columns[at + ROW_SIMILARITIES];
}
`;

/** What context asks of a description, to be multiplied by its vector. */
const ASKED = product("asked", {
  rows: "mentions",
  columns: "VECTOR",
  inner: "CONTEXT",
  left: "context[i * CONTEXT + k]",
  right: "interaction[k * VECTOR + j]",
  put: "asked[i * VECTOR + j] = sum;",
});

const INTERACTIONS = withFunctions(
  TEXTS,
  byLanes(
    "interactions",
    "rows",
    `
  let mention = row_mention[i];
  let entity = row_entity[i];
  let described = PARTS * step.mentions + entity;
  let at = i * ROW_WIDTH;
  var dots = vec4f();
  for (var j = lane; j < VECTOR; j += LANES) {
    let number = asked[mention * VECTOR + j] * vectors[entity * VECTOR + j];
    columns[at + ROW_PRODUCT + j] = number;
    dots.x += number;
  }
  for (var j = lane; j < EMBEDDING; j += LANES) {
    let number = means[described * EMBEDDING + j];
    for (var text = 0u; text + 1 < SIMILARITIES; text++) {
      dots[text + 1] += number * means[(PARTS * mention + TEXTS[text]) * EMBEDDING + j];
    }
  }
  dots = total(dots, lane);
  if (lane == 0) {
    columns[at + ROW_SIMILARITIES] = DOT_SCALE * dots.x;
    for (var text = 0u; text + 1 < SIMILARITIES; text++) {
      let cosine = dots[text + 1] / (lengths[PARTS * mention + TEXTS[text]] * lengths[described]);
      columns[cosines_of(i) + text] = COSINE_SCALE * cosine;
    }
  }`,
  ),
);

export const INTERACTIONS_FORWARD: readonly Kernel[] = [ASKED, INTERACTIONS];

/** Of `on_columns`: adds to `on_context` and `on_vectors`, and begins `on_means` by the cosines. */
export const INTERACTIONS_BACKWARD: readonly Kernel[] = [
  withFunctions(
    ON_PRODUCT,
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
  product("gradients of contexts, by what they ask", {
    rows: "mentions",
    columns: "CONTEXT",
    inner: "VECTOR",
    left: "on_asked[i * VECTOR + k]",
    right: "interaction[j * VECTOR + k]",
    transposed: "right",
    put: "on_context[i * CONTEXT + j] += sum;",
  }),
  withFunctions(
    ON_PRODUCT,
    each(
      "gradients of entity vectors, by what is asked of them",
      "entities * VECTOR",
      `
  let entity = i / VECTOR;
  let j = i % VECTOR;
  var sum = 0.0;
  for (var at = entity_starts[entity]; at < entity_starts[entity + 1]; at++) {
    let row = entity_rows[at];
    sum += on_product(row, j) * asked[row_mention[row] * VECTOR + j];
  }
  on_vectors[i] += sum;`,
    ),
  ),
  withFunctions(
    TEXTS,
    each(
      "gradients of means, by cosines",
      NUMBERS_OF_MEANS,
      `
  let mean = i / EMBEDDING;
  let j = i % EMBEDDING;
  let described = PARTS * step.mentions;
  let unit = means[i] / lengths[mean];
  var sum = 0.0;
  if (mean >= described) {
    let entity = mean - described;
    for (var at = entity_starts[entity]; at < entity_starts[entity + 1]; at++) {
      let row = entity_rows[at];
      for (var text = 0u; text + 1 < SIMILARITIES; text++) {
        let other = PARTS * row_mention[row] + TEXTS[text];
        sum += by_cosine(cosines_of(row) + text, other * EMBEDDING + j, lengths[other], unit);
      }
    }
  } else {
    for (var text = 0u; text + 1 < SIMILARITIES; text++) {
      if (mean % PARTS != TEXTS[text]) { continue; }
      for (var row = starts[mean / PARTS]; row < starts[mean / PARTS + 1]; row++) {
        let other = described + row_entity[row];
        sum += by_cosine(cosines_of(row) + text, other * EMBEDDING + j, lengths[other], unit);
      }
    }
  }
  on_means[i] = sum / lengths[mean];`,
    ),
  ),
];
