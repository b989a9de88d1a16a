import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { makeFeaturizer } from "../linker/bound-model.js";
import type { CandidateFinder } from "../linker/candidates.js";
import { type Config, linkerOptions, mentionOptions, modelOptions } from "../linker/config.js";
import { checkVectors } from "../linker/entity-vectors.js";
import { isDiscarded } from "../linker/predict.js";
import { among } from "../mentions/gazetteer.js";
import { makeDetector, type ReadyDetector } from "../mentions/make-detector.js";
import type { MentionFilter } from "../mentions/mention-filter.js";
import type { DocMentions, Featurizer } from "../model/featurizer.js";
import type { Mention } from "../model/mention.js";
import {
  applyScaling,
  emptyTable,
  type FeatureScaling,
  fitScaling,
  type MentionTable,
} from "../model/mention-table.js";
import { type MemoryColumns, TrainMemory } from "../model/train-memory.js";
import { checkWidths, type TransferSource, transferScaling } from "../model/transfer.js";
import type { Doc, Span } from "../text/doc.js";
import { type CandidateTable, joinedTables } from "./candidate-table.js";
import {
  asMet,
  DocumentPreparer,
  type Documents,
  type MetDocument,
  PARTS,
  type Part,
  type RangeCandidates,
} from "./document-preparer.js";
import { fitMentionFilter } from "./fit-mention-filter.js";
import { PrepareThreads, workersFor } from "./prepare-threads/threads.js";
import { NOT_ANNOTATED } from "./targets.js";
import { featurizerOf, learnBasis, startFrom, type TrainingBasis } from "./training-basis.js";

export interface PrepareOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether the mention filter is learned too. @default false: it is the one that is given, if one is */
  readonly learnsFilter?: boolean | undefined;
}

/** A corpus as numbers, with its golds. */
export interface Prepared {
  readonly table: MentionTable;
  readonly gold: Int32Array;
}

/** All that training reads. */
export interface TrainingData extends Omit<TrainingBasis, "memory"> {
  readonly kb: InMemoryLookupKB;
  readonly train: Prepared;
  readonly dev: Prepared;
  readonly scaling: FeatureScaling;
  readonly memory: MemoryColumns | undefined;
  readonly featurizer: Featurizer;
  readonly mentionFilter: MentionFilter | undefined;
}

/** What training needs of documents: `prepare` makes the rest of it, the knowledge base and the config. */
export type PreparedNumbers = Pick<
  TrainingData,
  "train" | "dev" | "vocabulary" | "labels" | "types" | "scaling" | "memory"
> & { readonly nilLogit: boolean };

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

/** A part's numbers while they are made: `table` is filled in range by range. */
export interface PartNumbers extends Prepared {
  readonly candidates: CandidateTable;
}

/** Text to numbers: candidates, vocabulary, features, golds. Done once; epochs only read. */
export function prepare(config: Config, corpora: Corpora): TrainingData {
  const { kb, find, init } = corpora;
  const documents = documentsToPrepare(config, corpora);
  const preparer = new DocumentPreparer(config, kb, documents, find);
  const basis = learnBasis(config, { kb, init, train: documents.train });
  const found = preparer.ranges.map((range) => preparer.candidates(range));
  const featurizer = featurizerOf(basis, kb, config);
  const numbers = emptyNumbers(preparer, found, { basis, featurizer, documents });
  for (const range of preparer.ranges) preparer.featurize(range, featurizer, numbers[range.part]);
  return { ...scaled(numbers, { kb, basis, featurizer }), mentionFilter: corpora.mentionFilter };
}

/**
 * As `prepare`, to the byte, in as many threads as the config says, this one among them, and the mention filter beside it.
 * The knowledge base moves into memory that the threads share, unless there is too little to do for more than one.
 * @throws L531 a thread has died, and what making the numbers throws, in whichever thread
 */
export async function prepareInThreads(
  config: Config,
  given: Corpora,
  options: PrepareOptions = {},
): Promise<TrainingData> {
  const corpora = config.linker.use_gold_ents ? given : withFilter(config, given, options); // it chooses the mentions
  const { kb, find, init } = corpora;
  const documents = documentsToPrepare(config, corpora);
  const threads = new PrepareThreads(workersFor(config, corpora) - 1, {
    config,
    kb,
    documents,
    signal: options.signal,
  });
  try {
    // The other threads have begun to find candidates.
    const { mentionFilter } = withFilter(config, corpora, options);
    const preparer = new DocumentPreparer(config, kb, documents, find);
    const basis = learnBasis(config, { kb, init, train: documents.train });
    const found = await threads.candidates(preparer);
    const featurizer = featurizerOf(basis, kb, config);
    const numbers = emptyNumbers(preparer, found, { basis, featurizer, documents });
    await threads.featurize(preparer, { basis, featurizer, numbers });
    return { ...scaled(numbers, { kb, basis, featurizer }), mentionFilter };
  } finally {
    await threads.close();
  }
}

/** The corpora with the mention filter that they teach, if one is wanted and they have none. */
export function withFilter(
  config: Config,
  corpora: Corpora,
  { learnsFilter = false }: PrepareOptions,
): Corpora {
  if (!learnsFilter || corpora.mentionFilter) return corpora;
  return { ...corpora, mentionFilter: fitMentionFilter(corpora, mentionOptions(config)) };
}

/** What `prepare` gives, out of the numbers that it once made of the same corpora and config. */
export function withoutText(
  config: Config,
  { kb, init, mentionFilter }: Corpora,
  { nilLogit, ...numbers }: PreparedNumbers,
): TrainingData {
  const { train, memory: columns } = numbers;
  const model = { ...modelOptions(config), nilLogit };
  const memory = columns && new TrainMemory(columns, kb);
  const featurizer = makeFeaturizer(kb, { ...numbers, options: model, memory }, linkerOptions(config));
  const annotated = train.gold.filter((place) => place !== NOT_ANNOTATED).length;
  return { kb, model, featurizer, start: startFrom(init, annotated), mentionFilter, ...numbers };
}

/** A document's mentions as the linker will meet them, with candidates and what they teach. */
export function mentionsToTrain(config: Config, given: Doc, find: (doc: Doc) => Mention[]): DocMentions {
  const doc = asMet({ doc: given, ents: trainableEnts(given, config) });
  return { doc, mentions: find(doc) };
}

/** The documents with the mentions that the linker will meet. */
function documentsToPrepare(config: Config, { kb, train, dev, init, mentionFilter }: Corpora): Documents {
  if (init) checkWidths(modelOptions(config), init.options);
  checkVectors(kb, modelOptions(config));
  const detector = config.linker.use_gold_ents
    ? undefined
    : makeDetector(mentionOptions(config), kb, mentionFilter);
  const meet = (doc: Doc): MetDocument => ({ doc, ents: trainableEnts(doc, config, detector) });
  return { train: train.map(meet), dev: dev.map(meet) };
}

/**
 * The mentions that the linker will meet; those it discards stay as neighbours, without an answer.
 * @param detector leaves only those that it finds too; without it all are met
 */
function trainableEnts(doc: Doc, { linker, mentions }: Config, detector?: ReadyDetector): readonly Span[] {
  const met = detector ? among(detector.detect(doc), doc.ents) : doc.ents;
  const discards = { labelsDiscard: linker.labels_discard, linkableLabels: mentions.linkable_labels };
  if (!met.some(({ label }) => isDiscarded(label, discards))) return met;
  return met.map((span) => (isDiscarded(span.label, discards) ? { ...span, kbId: "" } : span));
}

interface Making {
  readonly basis: TrainingBasis;
  readonly featurizer: Featurizer;
}

/** Candidates and golds of all ranges together, and room for features. */
export function emptyNumbers(
  { ranges }: DocumentPreparer,
  found: readonly RangeCandidates[],
  { basis, featurizer, documents }: Making & { readonly documents: Documents },
): Record<Part, PartNumbers> {
  const parts = PARTS.map((part): [Part, PartNumbers] => {
    const own = found.filter((_, i) => ranges[i]?.part === part);
    const candidates = joinedTables(own.map((range) => range.candidates));
    const { rowStart } = candidates;
    const featureWidth = featurizer.columns.length;
    const sizes = { documents: documents[part].length, rowStart, featureWidth };
    const table = emptyTable(basis.model, sizes, SharedArrayBuffer);
    return [part, { candidates, table, gold: Int32Array.from(own.flatMap(({ gold }) => [...gold])) }];
  });
  return Object.fromEntries(parts) as Record<Part, PartNumbers>;
}

/** Features, scaled by those of train. */
function scaled(
  { train, dev }: Record<Part, PartNumbers>,
  { kb, basis, featurizer }: Making & { readonly kb: InMemoryLookupKB },
): Omit<TrainingData, "mentionFilter"> {
  const fitted = fitScaling(train.table);
  const { start, model, memory } = basis;
  const scaling = start ? transferScaling(fitted, { options: model }, start) : fitted;
  for (const { table } of [train, dev]) applyScaling(table, scaling, featurizer.muted);
  const prepared = ({ table, gold }: PartNumbers): Prepared => ({ table, gold });
  return {
    ...basis,
    kb,
    train: prepared(train),
    dev: prepared(dev),
    scaling,
    memory: memory?.columns,
    featurizer,
  };
}
