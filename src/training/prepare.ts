import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { makeFeaturizer } from "../linker/bound-model.js";
import { type CandidateFinder, type Discount, finderWith } from "../linker/candidates.js";
import {
  type Config,
  candidateOptions,
  linkerOptions,
  mentionOptions,
  modelOptions,
} from "../linker/config.js";
import { checkVectors } from "../linker/entity-vectors.js";
import { type Codebook, labelCodebook, typeCodebook } from "../linker/labels.js";
import { isDiscarded } from "../linker/predict.js";
import { among } from "../mentions/gazetteer.js";
import { makeDetector, type ReadyDetector } from "../mentions/make-detector.js";
import type { MentionFilter } from "../mentions/mention-filter.js";
import { viewDocument } from "../model/document-view.js";
import type { DocMentions, Featurizer } from "../model/featurizer.js";
import { Lexicon } from "../model/lexicon.js";
import { MemoryBuilder } from "../model/memory-builder.js";
import type { Mention } from "../model/mention.js";
import { applyScaling, type FeatureScaling, fitScaling, type MentionTable } from "../model/mention-table.js";
import type { ModelOptions } from "../model/options.js";
import { makeRandom } from "../model/random.js";
import { type MemoryColumns, TrainMemory } from "../model/train-memory.js";
import { checkWidths, type TransferSource, transferScaling } from "../model/transfer.js";
import { buildVocabulary, type Vocabulary } from "../model/vocabulary.js";
import type { Doc, Span } from "../text/doc.js";
import { LeaveOneOut } from "./leave-one-out.js";
import { GOLD_NIL, goldPlaces, NOT_ANNOTATED } from "./targets.js";
import { variedPriors } from "./varied-priors.js";

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
  readonly start: Start | undefined;
}

/** What training needs of documents: `prepare` makes the rest of it, the knowledge base and the config. */
export type PreparedNumbers = Pick<
  TrainingData,
  "train" | "dev" | "vocabulary" | "labels" | "types" | "scaling" | "memory"
> & { readonly nilLogit: boolean };

/** A trained model to start from, and how far to move towards it: 1 is all the way. */
export interface Start {
  readonly source: TransferSource;
  readonly share: number;
}

export interface Corpora {
  readonly kb: InMemoryLookupKB;
  readonly train: readonly Doc[];
  readonly dev: readonly Doc[];
  /** The model to start from, if any. */
  readonly init?: TransferSource | undefined;
  /** How candidates are found. @default by the look-ups that the config allows */
  readonly find?: CandidateFinder | undefined;
  /** Which names are worth linking. @default all that the gazetteer finds */
  readonly mentionFilter?: MentionFilter | undefined;
  /** The class of the knowledge base of whose answers `kb` is made, if it is. */
  readonly mirrors?: string | undefined;
}

/** Training mentions at which a model to start from and fresh weights count the same, and how fast that changes. */
const EVEN_MENTIONS = 600;
const STEEPNESS = 4;

/** Text to numbers: candidates, vocabulary, features, golds. Done once; epochs only read. */
export function prepare(
  config: Config,
  { kb, train, dev, init, find = finderWith(candidateOptions(config)), mentionFilter }: Corpora,
): TrainingData {
  if (init) checkWidths(modelOptions(config), init.options);
  checkVectors(kb, modelOptions(config));
  const options = linkerOptions(config);
  const discountFor = trainDiscount(config, kb, train);
  const detector = options.useGoldEnts ? undefined : makeDetector(mentionOptions(config), kb, mentionFilter);
  const trainMentions = train.map((doc, index) => {
    return mentionsToTrain(config, doc, (met) => find(met, kb, discountFor(doc, index)), detector);
  });
  const devMentions = dev.map((doc) => mentionsToTrain(config, doc, (met) => find(met, kb), detector));
  const gold = goldPlaces(trainMentions, kb, candidateOptions(config));
  const start = init && { source: init, share: shareOf(gold) };
  const nilLogit = config.model.nil_logit && (init?.options.nilLogit || learnsNil(gold));
  const model = { ...modelOptions(config), nilLogit };
  const known = start && { vocabulary: start.source.vocabulary, share: start.share };
  const vocabulary = buildVocabulary(train, kb.terms, { ...model, known });
  const labels = labelCodebook(train, model.typeWidth);
  const types = typeCodebook(kb, model.typeWidth);
  const memory = model.features.includes("memory") ? remember(trainMentions, kb, vocabulary) : undefined;
  const featurizer = makeFeaturizer(kb, { options: model, vocabulary, labels, memory }, options);
  const trainTable = featurizer.featurize(trainMentions, { areRemembered: true });
  const fitted = fitScaling(trainTable);
  const scaling = start ? transferScaling(fitted, { options: model }, start) : fitted;
  applyScaling(trainTable, scaling, featurizer.muted);
  return {
    kb,
    train: { table: trainTable, gold },
    dev: {
      table: featurizer.featurize(devMentions, { scaling }),
      gold: goldPlaces(devMentions, kb, candidateOptions(config)),
    },
    model,
    vocabulary,
    labels,
    types,
    scaling,
    memory: memory?.columns,
    featurizer,
    start,
  };
}

/** What `prepare` gives, out of the numbers that it once made of the same corpora and config. */
export function withoutText(
  config: Config,
  { kb, init }: Corpora,
  { nilLogit, ...numbers }: PreparedNumbers,
): TrainingData {
  const { train, memory: columns } = numbers;
  const model = { ...modelOptions(config), nilLogit };
  const memory = columns && new TrainMemory(columns, kb);
  const featurizer = makeFeaturizer(kb, { ...numbers, options: model, memory }, linkerOptions(config));
  const start = init && { source: init, share: shareOf(train.gold) };
  return { kb, model, featurizer, start, ...numbers };
}

/** The more training mentions there are, the less the model to start from counts. */
function shareOf(gold: Int32Array): number {
  const mentions = gold.filter((place) => place !== NOT_ANNOTATED).length;
  return 1 / (1 + (mentions / EVEN_MENTIONS) ** STEEPNESS);
}

function remember(docs: readonly DocMentions[], kb: InMemoryLookupKB, vocabulary: Vocabulary): TrainMemory {
  const lexicon = new Lexicon(vocabulary, kb.terms, kb.getSizeEntities());
  const builder = new MemoryBuilder(kb);
  docs.forEach(({ doc, mentions }, document) => {
    builder.add(viewDocument(doc, lexicon), mentions, document);
  });
  const { columns, contextDocument } = builder.build();
  return new TrainMemory(columns, kb, contextDocument);
}

/**
 * A document's mentions as the linker will meet them, with candidates and what they teach.
 * @param detector leaves only those that it finds too; without it all are met
 */
export function mentionsToTrain(
  config: Config,
  given: Doc,
  find: (doc: Doc) => Mention[],
  detector?: ReadyDetector,
): DocMentions {
  const doc = given.withEnts(trainableEnts(given, config, detector));
  return { doc, mentions: find(doc) };
}

/** How priors and frequencies of training documents differ from the knowledge base's. */
function trainDiscount(
  { training }: Config,
  kb: InMemoryLookupKB,
  docs: readonly Doc[],
): (doc: Doc, index: number) => Discount | undefined {
  const leaveOneOut = training.leave_one_out ? new LeaveOneOut(kb, docs) : undefined;
  const random = makeRandom(training.seed, "varied priors");
  const isVaried = docs.map(() => random.next() < training.varied_priors);
  return (doc, index) =>
    isVaried[index] ? variedPriors(doc, kb, `${training.seed} ${index}`) : leaveOneOut?.discountFor(doc);
}

/** The mentions that the linker will meet; those it discards stay as neighbours, without an answer. */
function trainableEnts(doc: Doc, { linker, mentions }: Config, detector?: ReadyDetector): Span[] {
  const met = detector ? among(detector.detect(doc), doc.ents) : doc.ents;
  const discards = { labelsDiscard: linker.labels_discard, linkableLabels: mentions.linkable_labels };
  return met.map((span) => (isDiscarded(span.label, discards) ? { ...span, kbId: "" } : span));
}

function learnsNil(gold: Int32Array): boolean {
  const annotated = gold.filter((place) => place !== NOT_ANNOTATED);
  const nil = annotated.filter((place) => place === GOLD_NIL).length;
  return nil >= LOWEST_NIL_SHARE * annotated.length && nil > 0;
}
