import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { makeFeaturizer } from "../linker/bound-model.js";
import { findCandidates } from "../linker/candidates.js";
import { type Codebook, labelCodebook, typeCodebook } from "../linker/labels.js";
import type { DocMentions, Featurizer } from "../model/featurizer.js";
import { applyScaling, type FeatureScaling, fitScaling, type MentionTable } from "../model/mention-table.js";
import type { ModelOptions } from "../model/options.js";
import { buildVocabulary, type Vocabulary } from "../model/vocabulary.js";
import type { Doc } from "../text/doc.js";
import { type Config, candidateOptions, linkerOptions, modelOptions } from "../linker/config.js";
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
  const featurizer = makeFeaturizer(kb, vocabulary, labels, model, options);
  const trainTable = featurizer.featurize(trainMentions);
  const scaling = fitScaling(trainTable);
  applyScaling(trainTable, scaling, featurizer.muted());
  return {
    kb,
    train: { table: trainTable, gold },
    dev: { table: featurizer.featurize(devMentions, scaling), gold: goldPlaces(devMentions, kb) },
    model,
    vocabulary,
    labels,
    types,
    scaling,
    featurizer,
  };
}

function withCandidates(config: Config, kb: InMemoryLookupKB, docs: readonly Doc[], isTrain: boolean): DocMentions[] {
  const { labels_discard, n_sents: _ } = config.linker;
  const { leave_one_out, prior_smoothing } = config.training;
  const leaveOneOut = isTrain && leave_one_out ? new LeaveOneOut(kb, docs, prior_smoothing) : undefined;
  return docs.map((given) => {
    const doc = labels_discard.length === 0 ? given : given.withEnts(given.ents.filter((e) => !labels_discard.includes(e.label)));
    return { doc, mentions: findCandidates(doc, kb, candidateOptions(config), leaveOneOut?.discountFor(doc)) };
  });
}

function learnsNil(gold: Int32Array): boolean {
  const annotated = gold.filter((place) => place !== NOT_ANNOTATED);
  const nil = annotated.filter((place) => place === GOLD_NIL).length;
  return nil >= LOWEST_NIL_SHARE * annotated.length && nil > 0;
}
