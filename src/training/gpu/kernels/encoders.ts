/** The context's and the descriptions' vectors: tanh of a dense layer, as `model/layers/encoder.ts` has it. */
import { columnSums, each, type Kernel, product } from "../kernel.js";

/** tanh of larger numbers is 1 to the last bit; drivers that compute it by exponentials overflow. */
const TANH = "tanh(clamp(number, -10.0, 10.0))";

export const ENCODERS_FORWARD: readonly Kernel[] = [
  product("context", {
    rows: "mentions",
    columns: "CONTEXT",
    inner: "4 * EMBEDDING",
    left: "means[i * PARTS * EMBEDDING + k]",
    right: "context_kernel[k * CONTEXT + j]",
    put: `
  let at = i * CONTEXT + j;
  let number = sum + context_bias[j];
  encoded[at] = ${TANH};
  context[at] = encoded[at] * context_mask[at];`,
  }),
  product("descriptions", {
    rows: "entities",
    columns: "VECTOR",
    inner: "EMBEDDING",
    left: "means[(PARTS * step.mentions + i) * EMBEDDING + k]",
    right: "description_kernel[k * VECTOR + j]",
    put: `
  let number = sum + description_bias[j];
  vectors[i * VECTOR + j] = ${TANH};`,
  }),
];

/** Of `on_context` and `on_vectors`; adds to `on_means`. */
export const ENCODERS_BACKWARD: readonly Kernel[] = [
  each(
    "gradients of contexts, before tanh",
    "mentions * CONTEXT",
    "on_context[i] *= context_mask[i] * (1 - encoded[i] * encoded[i]);",
  ),
  each(
    "gradients of entity vectors, before tanh",
    "entities * VECTOR",
    "on_vectors[i] *= 1 - vectors[i] * vectors[i];",
  ),
  product("gradient of context_kernel", {
    rows: "4 * EMBEDDING",
    columns: "CONTEXT",
    inner: "mentions",
    left: "means[k * PARTS * EMBEDDING + i]",
    right: "on_context[k * CONTEXT + j]",
    transposed: "left",
    put: "grad_context_kernel[i * CONTEXT + j] = sum;",
  }),
  columnSums("gradient of context_bias", {
    rows: "mentions",
    columns: "CONTEXT",
    element: "on_context[i * CONTEXT + j]",
    to: "grad_context_bias[j]",
  }),
  product("gradients of contexts' means", {
    rows: "mentions",
    columns: "4 * EMBEDDING",
    inner: "CONTEXT",
    left: "on_context[i * CONTEXT + k]",
    right: "context_kernel[j * CONTEXT + k]",
    transposed: "right",
    put: "on_means[i * PARTS * EMBEDDING + j] += sum;",
  }),
  product("gradient of description_kernel", {
    rows: "EMBEDDING",
    columns: "VECTOR",
    inner: "entities",
    left: "means[(PARTS * step.mentions + k) * EMBEDDING + i]",
    right: "on_vectors[k * VECTOR + j]",
    transposed: "left",
    put: "grad_description_kernel[i * VECTOR + j] = sum;",
  }),
  columnSums("gradient of description_bias", {
    rows: "entities",
    columns: "VECTOR",
    element: "on_vectors[i * VECTOR + j]",
    to: "grad_description_bias[j]",
  }),
  product("gradients of descriptions' means", {
    rows: "entities",
    columns: "EMBEDDING",
    inner: "VECTOR",
    left: "on_vectors[i * VECTOR + k]",
    right: "description_kernel[j * VECTOR + k]",
    transposed: "right",
    put: "on_means[(PARTS * step.mentions + i) * EMBEDDING + j] += sum;",
  }),
];
