import type { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { makeFeaturizer } from "../../src/linker/bound-model.js";
import { findCandidates } from "../../src/linker/candidates.js";
import { CANDIDATE_DEFAULTS, LINKER_DEFAULTS, type LinkerOptions } from "../../src/linker/options.js";
import { viewDocument } from "../../src/model/document-view.js";
import { FEATURE_GROUP_NAMES } from "../../src/model/features/groups.js";
import type { DocMentions, Featurizer } from "../../src/model/featurizer.js";
import { Lexicon } from "../../src/model/lexicon.js";
import { MemoryBuilder } from "../../src/model/memory-builder.js";
import { MODEL_DEFAULTS, type ModelOptions } from "../../src/model/options.js";
import { TrainMemory } from "../../src/model/train-memory.js";
import { Vocabulary } from "../../src/model/vocabulary.js";
import type { Doc } from "../../src/text/doc.js";

/** Every group of features, with and without its relative twin. */
export const ALL_FEATURES: ModelOptions = { ...MODEL_DEFAULTS, features: FEATURE_GROUP_NAMES };

export function withCandidates(doc: Doc, kb: InMemoryLookupKB): DocMentions {
  return { doc, mentions: findCandidates(doc, kb, CANDIDATE_DEFAULTS) };
}

/**
 * A vocabulary of so many passages that no word is common in text: then a word's idf is that of the knowledge base,
 * ln((entities + 1) / (entities with it + 1)).
 */
export function rareWords(words: readonly string[] = []): Vocabulary {
  return new Vocabulary(words, new Int32Array(words.length).fill(1), 1_000_000, words.length, 8);
}

/** What a model remembers of training documents. */
export function memoryOf(docs: readonly Doc[], kb: InMemoryLookupKB, vocabulary: Vocabulary): TrainMemory {
  const lexicon = new Lexicon(vocabulary, kb.terms, kb.getSizeEntities());
  const builder = new MemoryBuilder(kb);
  docs.forEach((doc, i) => {
    builder.add(viewDocument(doc, lexicon), withCandidates(doc, kb).mentions, i);
  });
  const { columns, contextDocument } = builder.build();
  return new TrainMemory(columns, kb, contextDocument);
}

export interface FeaturizerSetting {
  readonly kb: InMemoryLookupKB;
  readonly model?: ModelOptions;
  readonly vocabulary?: Vocabulary;
  readonly options?: Partial<LinkerOptions>;
  readonly memory?: TrainMemory;
}

export function featurizerOf({ kb, model, vocabulary, options, memory }: FeaturizerSetting): Featurizer {
  const basis = { options: model ?? ALL_FEATURES, vocabulary: vocabulary ?? rareWords(), labels: [], memory };
  return makeFeaturizer(kb, basis, { ...LINKER_DEFAULTS, ...options });
}

/** A mention's features as they are before scaling: `rows.get("Q1")?.prior`. */
export function featureRows(
  doc: Doc,
  mention: number,
  setting: FeaturizerSetting,
): Map<string, Record<string, number>> {
  const { kb } = setting;
  const featurizer = featurizerOf(setting);
  const { features, featureWidth, rowStart, entities } = featurizer.featurize([withCandidates(doc, kb)]);
  const rows = new Map<string, Record<string, number>>();
  for (let row = rowStart[mention] as number; row < (rowStart[mention + 1] as number); row++) {
    const values = features.subarray(row * featureWidth, (row + 1) * featureWidth);
    const named = featurizer.columns.map(({ name }, f) => [name, values[f] as number] as const);
    rows.set(kb.entityIds.at(entities[row] as number), Object.fromEntries(named));
  }
  return rows;
}
