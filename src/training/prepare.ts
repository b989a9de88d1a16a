import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { makeFeaturizer } from "../linker/bound-model.js";
import { findCandidates } from "../linker/candidates.js";
import { type Config, candidateOptions, linkerOptions, modelOptions } from "../linker/config.js";
import { detectedAmong } from "../linker/gazetteer.js";
import { type Codebook, labelCodebook, typeCodebook } from "../linker/labels.js";
import { viewDocument } from "../model/document-view.js";
import type { DocMentions, Featurizer } from "../model/featurizer.js";
import { Lexicon } from "../model/lexicon.js";
import { MemoryBuilder } from "../model/memory-builder.js";
import { applyScaling, type FeatureScaling, fitScaling, type MentionTable } from "../model/mention-table.js";
import type { ModelOptions } from "../model/options.js";
import { type MemoryColumns, TrainMemory } from "../model/train-memory.js";
import { buildVocabulary, type Vocabulary } from "../model/vocabulary.js";
import type { Doc, Span } from "../text/doc.js";
import { LeaveOneOut } from "./leave-one-out.js";
import { GOLD_NIL, goldPlaces, NOT_ANNOTATED } from "./targets.js";

/** Below this share of NIL among training mentions there is nothing to learn a NIL logit from. */
const LOWEST_NIL_SHARE = 0.005;

/** A corpus as numbers, with its golds. */
export interface Prepared {
  readonly table: MentionTable;
  readonly gold: Int32Array;
}

/** All that training reads. */
export interface TrainingData {
  readonly kb: InMemoryLookupKB;
  readonly train: Prepared;
  readonly dev: Prepared;
  readonly model: ModelOptions;
  readonly vocabulary: Vocabulary;
  readonly labels: Codebook;
  readonly types: Codebook;
  readonly scaling: FeatureScaling;
  readonly memory: MemoryColumns | undefined;
  readonly featurizer: Featurizer;
}

export interface Corpora {
  readonly kb: InMemoryLookupKB;
  readonly train: readonly Doc[];
  readonly dev: readonly Doc[];
}

/** Text to numbers: candidates, vocabulary, features, golds. Done once; epochs only read. */
export function prepare(config: Config, { kb, train, dev }: Corpora): TrainingData {
  const options = linkerOptions(config);
  const trainMentions = withCandidates(config, kb, train, true);
  const devMentions = withCandidates(config, kb, dev, false);
  const gold = goldPlaces(trainMentions, kb);
  const model = { ...modelOptions(config), nilLogit: config.model.nil_logit && learnsNil(gold) };
  const vocabulary = buildVocabulary(train, kb.terms, model);
  const labels = labelCodebook(train, model.typeWidth);
  const types = typeCodebook(kb, model.typeWidth);
  const memory = model.features.includes("memory") ? remember(trainMentions, kb, vocabulary) : undefined;
  const featurizer = makeFeaturizer(kb, { options: model, vocabulary, labels, memory }, options);
  const trainTable = featurizer.featurize(trainMentions, { areRemembered: true });
  const scaling = fitScaling(trainTable);
  applyScaling(trainTable, scaling, featurizer.muted());
  return {
    kb,
    train: { table: trainTable, gold },
    dev: { table: featurizer.featurize(devMentions, { scaling }), gold: goldPlaces(devMentions, kb) },
    model,
    vocabulary,
    labels,
    types,
    scaling,
    memory: memory?.columns,
    featurizer,
  };
}

function remember(docs: readonly DocMentions[], kb: InMemoryLookupKB, vocabulary: Vocabulary): TrainMemory {
  const lexicon = new Lexicon(vocabulary, kb.terms, kb.getSizeEntities());
  const builder = new MemoryBuilder(kb, vocabulary);
  docs.forEach(({ doc, mentions }, document) => {
    builder.add(viewDocument(doc, lexicon), mentions, document);
  });
  const { columns, contextDocument } = builder.build();
  return new TrainMemory(columns, kb, contextDocument);
}

function withCandidates(
  config: Config,
  kb: InMemoryLookupKB,
  docs: readonly Doc[],
  isTrain: boolean,
): DocMentions[] {
  const leaveOneOut = isTrain && config.training.leave_one_out ? new LeaveOneOut(kb, docs) : undefined;
  return docs.map((given) => {
    const doc = given.withEnts(trainableEnts(given, kb, config.linker));
    return {
      doc,
      mentions: findCandidates(doc, kb, candidateOptions(config), leaveOneOut?.discountFor(given)),
    };
  });
}

/** The mentions that the linker will meet; those it discards stay as neighbours, without an answer. */
function trainableEnts(doc: Doc, kb: InMemoryLookupKB, linker: Config["linker"]): Span[] {
  const met = linker.use_gold_ents ? doc.ents : detectedAmong(doc, doc.ents, kb);
  return met.map((span) => (linker.labels_discard.includes(span.label) ? { ...span, kbId: "" } : span));
}

function learnsNil(gold: Int32Array): boolean {
  const annotated = gold.filter((place) => place !== NOT_ANNOTATED);
  const nil = annotated.filter((place) => place === GOLD_NIL).length;
  return nil >= LOWEST_NIL_SHARE * annotated.length && nil > 0;
}
