import type { Count } from "./notation.js";

/** Workgroups that sum squares of gradients, each a share of them. */
export const NORM_SHARES = 256;

/** Those of each mention, then one of each entity: see kernels/pooling.ts. */
export const MEANS = "PARTS * mentions + entities";
export const NUMBERS_OF_MEANS = "PARTS * mentions * EMBEDDING + entities * EMBEDDING";

/** What the kernels of a step leave for each other. Gradients have the name of what they are of, after "on". */
export const SCRATCH: Readonly<Record<string, Count>> = {
  // pooling
  weight: "words",
  near: "mentions * 2 * REACH",
  means: NUMBERS_OF_MEANS,
  weight_sums: MEANS,
  lengths: MEANS,
  // encoders
  encoded: "mentions * CONTEXT",
  context: "mentions * CONTEXT",
  vectors: "entities * VECTOR",
  // candidates
  asked: "mentions * VECTOR",
  from_context: "mentions * HIDDEN",
  columns: "rows * ROW_WIDTH",
  hidden_sums: "rows * HIDDEN",
  hidden: "rows * HIDDEN",
  scores: "rows",
  // NIL
  nil_columns: "mentions * NIL_WIDTH",
  nil_units: "mentions * NIL_HIDDEN",
  nil_logits: "mentions",
  // loss
  losses: "mentions",
  loss: "1",
  on_scores: "rows",
  on_nil: "mentions",
  // backward
  on_nil_units: "mentions * NIL_HIDDEN",
  on_standing: "mentions * 2",
  on_hidden: "rows * HIDDEN",
  on_gathered: "mentions * HIDDEN",
  on_columns: "rows * ROW_WIDTH",
  on_asked: "mentions * VECTOR",
  on_context: "mentions * CONTEXT",
  on_vectors: "entities * VECTOR",
  on_means: NUMBERS_OF_MEANS,
  direction: NUMBERS_OF_MEANS,
  base: MEANS,
  on_log_weight: "words",
  chunk_sums: "chunks * EMBEDDING + chunks",
  // Adam
  squares: `${NORM_SHARES}`,
  shorten: "1",
};
