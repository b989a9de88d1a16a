import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { NO_ROWS, type QuantizedRows } from "../kb/quantized-rows.js";
import { architectureOf } from "../model/architecture.js";
import { Ensemble } from "../model/ensemble.js";
import { Featurizer } from "../model/featurizer.js";
import type { FeatureScaling } from "../model/mention-table.js";
import type { StoredVectors } from "../model/model-parts.js";
import type { ModelOptions } from "../model/options.js";
import { type MemoryColumns, TrainMemory } from "../model/train-memory.js";
import type { TrainableModel } from "../model/trainable-model.js";
import type { Vocabulary } from "../model/vocabulary.js";
import type { Backend } from "../tensor/backend.js";
import { type Multiply, multiplyByConstants, multiplyWith } from "../tensor/multiply.js";
import type { Weights } from "../tensor/weights.js";
import { givenVectors, lacksVectors, storeVectors } from "./entity-vectors.js";
import { type Codebook, typeCodes } from "./labels.js";
import type { LinkerOptions } from "./options.js";

/** What training learns, apart from any knowledge base. */
export interface LearnedModel {
  readonly options: ModelOptions;
  readonly vocabulary: Vocabulary;
  /** One set of weights for each seed that was trained; their scores are averaged. */
  readonly members: readonly Weights[];
  readonly scaling: FeatureScaling;
  readonly labels: Codebook;
  readonly types: Codebook;
  /** Training mentions, when the model has the feature group `memory`. */
  readonly memory?: MemoryColumns | undefined;
}

/** What of a model the features depend on. */
export interface FeatureBasis {
  readonly options: ModelOptions;
  readonly vocabulary: Vocabulary;
  readonly labels: Codebook;
  readonly memory?: TrainMemory | undefined;
  /** The knowledge base whose descriptions idf is counted on. @default the one at hand */
  readonly reference?: InMemoryLookupKB | undefined;
}

/** A featurizer for a knowledge base. */
export function makeFeaturizer(
  kb: InMemoryLookupKB,
  basis: FeatureBasis,
  options: LinkerOptions,
): Featurizer {
  const { vocabulary, memory, options: model, labels, reference } = basis;
  const { nSents, inclPrior, inclContext } = options;
  const labelCodes = new Map(labels.map((label, code) => [label, code]));
  const counted = reference && { terms: reference.terms, entities: reference.getSizeEntities() };
  return new Featurizer(kb, vocabulary, {
    model,
    nSents,
    inclPrior,
    inclContext,
    labelCodes,
    memory,
    counted,
  });
}

/** What the members of a model share. */
export interface MemberPlace {
  readonly kb: InMemoryLookupKB;
  readonly options: ModelOptions;
  readonly types: Codebook;
  readonly featurizer: Featurizer;
  readonly multiply: Multiply;
}

/** Makes models of weights, each with the vectors that it made earlier, if there are any. */
export function memberMaker({
  kb,
  options,
  types,
  featurizer,
  multiply,
}: MemberPlace): (weights: Weights, stored?: StoredVectors) => TrainableModel {
  const shared = {
    multiply,
    options,
    kb,
    lexicon: featurizer.lexicon,
    typeCodes: typeCodes(kb, types, options.typeWidth),
    inclContext: featurizer.inclContext,
    givenVectors: () => givenVectors(kb, options),
  };
  return (weights, stored) => architectureOf(options).make({ ...shared, weights, stored });
}

/** A learned model together with the knowledge base that it links to. */
export interface BoundModel {
  readonly featurizer: Featurizer;
  readonly model: Ensemble;
}

/** A learned model's members, bound to a knowledge base. */
export interface BoundMembers {
  readonly featurizer: Featurizer;
  /** @param rows vectors of all entities, one member's beside the other's; without them descriptions are encoded */
  members(rows?: QuantizedRows): TrainableModel[];
}

export function bindMembers(
  learned: LearnedModel,
  kb: InMemoryLookupKB,
  options: LinkerOptions,
  backend: Backend,
  reference?: InMemoryLookupKB,
): BoundMembers {
  const memory = learned.memory && new TrainMemory(learned.memory, kb);
  const featurizer = makeFeaturizer(kb, { ...learned, memory, reference }, options);
  const count = learned.members.length;
  const members = (rows?: QuantizedRows): TrainableModel[] => {
    const multiply = rows ? constantProducts(learned, backend) : multiplyWith(backend.tf);
    const make = memberMaker({ ...learned, kb, featurizer, multiply });
    return learned.members.map((weights, member) => make(weights, rows && { rows, member, members: count }));
  };
  return { featurizer, members };
}

/** Products by the weights of learned models, which stay as they are while vectors are of them. */
const products = new WeakMap<LearnedModel, Multiply>();

/** One for all knowledge bases that a learned model is bound to: the backend keeps its kernels. */
function constantProducts(learned: LearnedModel, { tf }: Backend): Multiply {
  const known = products.get(learned) ?? multiplyByConstants(tf);
  products.set(learned, known);
  return known;
}

/**
 * Binds a learned model to a knowledge base, whose entities get their vectors where they lack them.
 * @param reference whose descriptions idf is counted on; without it the knowledge base's own
 */
export function bindModel(
  learned: LearnedModel,
  kb: InMemoryLookupKB,
  options: LinkerOptions,
  backend: Backend,
  reference?: InMemoryLookupKB,
): BoundModel {
  const { featurizer, members } = bindMembers(learned, kb, options, backend, reference);
  if (lacksVectors(kb, learned)) {
    storeVectors(kb, learned, new Ensemble(members()).encodeEntities());
  }
  return { featurizer, model: new Ensemble(members(kb.quantizedVectors ?? NO_ROWS)) };
}
