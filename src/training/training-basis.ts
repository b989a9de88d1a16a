import { fold } from "../kb/fold.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { makeFeaturizer } from "../linker/bound-model.js";
import { type Config, linkerOptions, modelOptions } from "../linker/config.js";
import { type Codebook, labelCodebook, typeCodebook } from "../linker/labels.js";
import { viewDocument } from "../model/document-view.js";
import type { Featurizer } from "../model/featurizer.js";
import { Lexicon } from "../model/lexicon.js";
import { type BuiltMemory, MemoryBuilder } from "../model/memory-builder.js";
import type { Mention } from "../model/mention.js";
import type { ModelOptions } from "../model/options.js";
import { TrainMemory } from "../model/train-memory.js";
import type { TransferSource } from "../model/transfer.js";
import { buildVocabulary, type Vocabulary } from "../model/vocabulary.js";
import { type Doc, NIL } from "../text/doc.js";
import { asMet, type MetDocument } from "./document-preparer.js";

/** Below this share of NIL among training mentions there is nothing to learn a NIL logit from. */
const LOWEST_NIL_SHARE = 0.005;
/** Training mentions at which a model to start from and fresh weights count the same, and how fast that changes. */
const EVEN_MENTIONS = 600;
const STEEPNESS = 4;

/** A trained model to start from, and how far to move towards it: 1 is all the way. */
export interface Start {
  readonly source: TransferSource;
  readonly share: number;
}

/** What features of any document depend on, learned from all training documents together. */
export interface TrainingBasis {
  readonly model: ModelOptions;
  readonly vocabulary: Vocabulary;
  readonly labels: Codebook;
  readonly types: Codebook;
  readonly memory: BuiltMemory | undefined;
  readonly start: Start | undefined;
}

/** What a basis is learned from. */
export interface BasisSource {
  readonly kb: InMemoryLookupKB;
  /** The model to start from, if any. */
  readonly init?: TransferSource | undefined;
  readonly train: readonly MetDocument[];
}

export function learnBasis(config: Config, { kb, init, train }: BasisSource): TrainingBasis {
  const docs = train.map(({ doc }) => doc);
  const { annotated, nil } = countAnswers(train, kb);
  const learnsNil = nil > 0 && nil >= LOWEST_NIL_SHARE * annotated;
  const nilLogit = config.model.nil_logit && (init?.options.nilLogit || learnsNil);
  const model = { ...modelOptions(config), nilLogit };
  const start = startFrom(init, annotated);
  const known = start && { vocabulary: start.source.vocabulary, share: start.share };
  const vocabulary = buildVocabulary(docs, kb.terms, { ...model, known });
  return {
    model,
    vocabulary,
    labels: labelCodebook(docs, model.typeWidth),
    types: typeCodebook(kb, model.typeWidth),
    memory: model.features.includes("memory") ? remember(train, kb, vocabulary) : undefined,
    start,
  };
}

/** The featurizer of a training: it keeps documents from their own answers. */
export function featurizerOf(
  { model, vocabulary, labels, memory }: Pick<TrainingBasis, "model" | "vocabulary" | "labels" | "memory">,
  kb: InMemoryLookupKB,
  config: Config,
): Featurizer {
  const remembered = memory && new TrainMemory(memory.columns, kb, memory.contextDocument);
  return makeFeaturizer(
    kb,
    { options: model, vocabulary, labels, memory: remembered },
    linkerOptions(config),
  );
}

/** The more training mentions there are, the less the model to start from counts. */
export function startFrom(source: TransferSource | undefined, annotated: number): Start | undefined {
  return source && { source, share: 1 / (1 + (annotated / EVEN_MENTIONS) ** STEEPNESS) };
}

/** Annotated mentions, and those of them that mean nothing in the knowledge base. */
function countAnswers(
  train: readonly MetDocument[],
  kb: InMemoryLookupKB,
): { annotated: number; nil: number } {
  let [annotated, nil] = [0, 0];
  for (const { ents } of train) {
    for (const { kbId } of ents) {
      if (kbId === "") continue;
      annotated++;
      if (kbId === NIL || !kb.containsEntity(kbId)) nil++;
    }
  }
  return { annotated, nil };
}

function remember(train: readonly MetDocument[], kb: InMemoryLookupKB, vocabulary: Vocabulary): BuiltMemory {
  const lexicon = new Lexicon(vocabulary, kb.terms, kb.getSizeEntities());
  const builder = new MemoryBuilder(kb);
  train.forEach((met, document) => {
    const doc = asMet(met);
    builder.add(viewDocument(doc, lexicon), bareMentions(doc), document);
  });
  return builder.build();
}

const NO_CANDIDATES = {
  entities: new Int32Array(0),
  priors: new Float32Array(0),
  frequencies: new Float32Array(0),
  matches: new Uint8Array(0),
  similarities: new Float32Array(0),
};

/** A memory asks for names and answers alone. */
function bareMentions({ text, ents }: Doc): Mention[] {
  return ents.map((span) => {
    const surface = text.slice(span.start, span.end);
    return { span, surface, key: fold(surface), candidates: NO_CANDIDATES };
  });
}
