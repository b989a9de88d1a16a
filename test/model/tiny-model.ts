import type { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { quantizeRows } from "../../src/kb/quantized-rows.js";
import type { Config } from "../../src/linker/config.js";
import { typeCodes } from "../../src/linker/labels.js";
import { NelModel } from "../../src/model/nel-model.js";
import { makeRandom } from "../../src/model/random.js";
import { startingWeights } from "../../src/model/starting-weights.js";
import type { Backend } from "../../src/tensor/backend.js";
import { multiplyWith } from "../../src/tensor/multiply.js";
import type { Weights } from "../../src/tensor/weights.js";
import { trainableMentions } from "../../src/training/loop.js";
import { prepare, type TrainingData } from "../../src/training/prepare.js";
import { tinyConfig, tinyDocs, tinyKb } from "../fixtures.js";

export interface TinyModel {
  readonly kb: InMemoryLookupKB;
  readonly data: TrainingData;
  readonly model: NelModel;
  /** Another model of the same weights, with stored vectors of the entities if they are given. */
  readonly withVectors: (vectors?: Float32Array) => NelModel;
  readonly weights: Weights;
  /** Training mentions that teach something, and the places of their golds; -1 is NIL. */
  readonly mentions: Int32Array;
  readonly gold: Int32Array;
}

/** An untrained model of the fixtures. Its weights are all random: none of those that start at zero stays there. */
export function tinyModel(backend: Backend, changes: Partial<Config["model"]> = {}): TinyModel {
  const kb = tinyKb();
  const data = prepare(tinyConfig({ model: changes }), { kb, ...tinyDocs() });
  const { featurizer, model: options, train } = data;
  const random = makeRandom("tiny model");
  const weights = startingWeights(options, featurizer.lexicon, random);
  for (const { values } of weights.values()) values.set(values.map((value) => value + 0.3 * random.normal()));
  const codes = typeCodes(kb, data.types, options.typeWidth);
  const make = (values?: Float32Array): NelModel => {
    const rows = values && quantizeRows(values, options.entityVectorLength);
    const vectors = rows && { rows, members: 1, member: 0 };
    return new NelModel(multiplyWith(backend.tf), options, weights, kb, codes, featurizer.lexicon, vectors);
  };
  const mentions = trainableMentions(train, options);
  const gold = mentions.map((mention) => Math.max(-1, train.gold[mention] as number));
  return { kb, data, model: make(), withVectors: make, weights, mentions, gold };
}
