import type { FeatureGroupName } from "./features/groups.js";

/** The models that a config can choose: linkwright's own, and spaCy's cosine of context and entity vector. */
export const ARCHITECTURE_NAMES = ["classifier", "cosine"] as const;
export type ArchitectureName = (typeof ARCHITECTURE_NAMES)[number];

/** The shape of the model; what `[model]` in a config sets. Widths in numbers, lengths in tokens. */
export interface ModelOptions {
  /** "cosine" uses the widths of context, embeddings and entity vectors alone. @default "classifier" */
  readonly architecture: ArchitectureName;
  /** Width of the context vector. @default 128 */
  readonly contextWidth: number;
  /** Width of the entity type's one-hot vector; rarer types share the last place. @default 16 */
  readonly typeWidth: number;
  /** Width of the description encoder, of the vectors in the knowledge base; of "cosine" of those it came with. @default 64 */
  readonly entityVectorLength: number;
  /** Width of the word embeddings that context and description share. @default 64 */
  readonly embeddingWidth: number;
  /** Width of the classifier's hidden layer. @default 128 */
  readonly hiddenWidth: number;
  /** Words with an embedding of their own. @default 12000 */
  readonly vocabularySize: number;
  /** Embeddings that all other words share by hash. @default 2000 */
  readonly hashBuckets: number;
  /** Tokens of context on each side of the mention. @default 24 */
  readonly contextTokens: number;
  /** Most telling tokens of the whole document. @default 48 */
  readonly documentTokens: number;
  /** Most telling tokens of a name and description. @default 20 */
  readonly descriptionTokens: number;
  /** Context (.) description, their dot product and cosines beside the concatenation. @default true */
  readonly interactions: boolean;
  /** A linear path from the features to the score, around the hidden layer. @default true */
  readonly skip: boolean;
  /** A table of scores, mention label x entity type. @default true */
  readonly labelTypes: boolean;
  /** A logit for "none of these"; without it only the threshold gives NIL. @default true */
  readonly nilLogit: boolean;
  /** Groups of hand-made features. @default all but memory */
  readonly features: readonly FeatureGroupName[];
  /** Each feature once more, minus its best value among the candidates. @default true */
  readonly relativeFeatures: boolean;
}

export const MODEL_DEFAULTS: ModelOptions = {
  architecture: "classifier",
  contextWidth: 128,
  typeWidth: 16,
  entityVectorLength: 64,
  embeddingWidth: 64,
  hiddenWidth: 128,
  vocabularySize: 12000,
  hashBuckets: 2000,
  contextTokens: 24,
  documentTokens: 48,
  descriptionTokens: 20,
  interactions: true,
  skip: true,
  labelTypes: true,
  nilLogit: true,
  features: ["prior", "frequency", "match", "strings", "shape", "overlap", "position", "coherence"],
  relativeFeatures: true,
};
