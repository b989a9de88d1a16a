import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { Ensemble } from "../model/ensemble.js";
import { Featurizer } from "../model/featurizer.js";
import type { FeatureScaling } from "../model/mention-table.js";
import { NelModel } from "../model/nel-model.js";
import type { ModelOptions } from "../model/options.js";
import { type MemoryColumns, TrainMemory } from "../model/train-memory.js";
import type { Vocabulary } from "../model/vocabulary.js";
import type { Backend } from "../tensor/backend.js";
import type { Weights } from "../tensor/weights.js";
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
}

/** A featurizer for a knowledge base. */
export function makeFeaturizer(
  kb: InMemoryLookupKB,
  basis: FeatureBasis,
  options: LinkerOptions,
): Featurizer {
  const { vocabulary, memory, options: model, labels } = basis;
  const { nSents, inclPrior, inclContext } = options;
  const labelCodes = new Map(labels.map((label, code) => [label, code]));
  return new Featurizer(kb, vocabulary, { model, nSents, inclPrior, inclContext, labelCodes, memory });
}

/** A learned model together with the knowledge base that it links to. */
export interface BoundModel {
  readonly featurizer: Featurizer;
  readonly model: Ensemble;
}

export function bindModel(
  learned: LearnedModel,
  kb: InMemoryLookupKB,
  options: LinkerOptions,
  backend: Backend,
): BoundModel {
  const memory = learned.memory && new TrainMemory(learned.memory, kb);
  const featurizer = makeFeaturizer(kb, { ...learned, memory }, options);
  const codes = typeCodes(kb, learned.types, learned.options.typeWidth);
  const width = learned.options.entityVectorLength;
  const stride = width * learned.members.length;
  const make = (values?: Float32Array): Ensemble =>
    new Ensemble(
      learned.members.map((weights, m) => {
        const vectors = values && { values, stride, offset: m * width };
        return new NelModel(backend, learned.options, weights, kb, codes, featurizer.lexicon, vectors);
      }),
    );
  if (!hasAllVectors(kb, stride)) kb.setVectors(make().encodeEntities(), stride);
  return { featurizer, model: make(kb.vectors) };
}

/** Whether every entity has a vector of the model's length: one that was added after training has zeros. */
function hasAllVectors({ vectors, entityVectorLength }: InMemoryLookupKB, length: number): boolean {
  if (!vectors || entityVectorLength !== length) return false;
  for (let from = 0; from < vectors.length; from += entityVectorLength) {
    let at = from;
    while (at < from + entityVectorLength && vectors[at] === 0) at++;
    if (at === from + entityVectorLength) return false;
  }
  return true;
}
