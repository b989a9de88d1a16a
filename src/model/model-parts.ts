import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { QuantizedRows } from "../kb/quantized-rows.js";
import type { Multiply } from "../tensor/multiply.js";
import type { Weights } from "../tensor/weights.js";
import type { Lexicon } from "./lexicon.js";
import type { ModelOptions } from "./options.js";

/** Entity types of a knowledge base as the model sees them: below typeWidth, rare ones sharing the last code. */
export type TypeCodes = Uint8Array;

/** Entity vectors as the knowledge base stores them: each entity has `members` rows, of which the `member`-th is this model's. */
export interface StoredVectors {
  readonly rows: QuantizedRows;
  readonly members: number;
  readonly member: number;
}

/** What a model of any architecture is made of. */
export interface ModelParts {
  readonly multiply: Multiply;
  readonly options: ModelOptions;
  readonly weights: Weights;
  readonly kb: InMemoryLookupKB;
  readonly lexicon: Lexicon;
  readonly typeCodes: TypeCodes;
  readonly inclContext: boolean;
  /** Vectors of all entities that the model made earlier; without them it encodes descriptions, as training must. */
  readonly stored?: StoredVectors | undefined;
  /** The vectors of all entities that the knowledge base came with, as they are now; throws where it has none. */
  readonly givenVectors: () => Float32Array;
}
