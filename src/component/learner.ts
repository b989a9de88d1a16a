import { linkwrightError } from "../errors.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { bindMembers, type LearnedModel } from "../linker/bound-model.js";
import type { CandidateFinder } from "../linker/candidates.js";
import { type Config, candidateOptions, linkerOptions } from "../linker/config.js";
import type { Featurizer } from "../model/featurizer.js";
import type { Dropout, TrainableModel } from "../model/trainable-model.js";
import type { TransferSource } from "../model/transfer.js";
import type { Backend } from "../tensor/backend.js";
import type { Weights } from "../tensor/weights.js";
import type { Doc } from "../text/doc.js";
import { targetsOf, trainableMentions } from "../training/loop.js";
import { newModel } from "../training/members.js";
import { mentionsToTrain, type Prepared, prepare } from "../training/prepare.js";
import { goldPlaces } from "../training/targets.js";
import { GradientSum } from "./gradient-sum.js";
import { KnownDocuments } from "./known-documents.js";
import type { Optimizer } from "./optimizer.js";

/** What a learner is made for. */
export interface LearnerPlace {
  /** The component's, for messages. */
  readonly name: string;
  readonly config: Config;
  readonly kb: InMemoryLookupKB;
  readonly find: CandidateFinder;
  readonly backend: Backend;
}

/** Mentions of one table that a step looks at. */
interface Part {
  readonly prepared: Prepared;
  readonly mentions: Int32Array;
}

/** The training side of a component: a model that takes single steps, bound to a knowledge base. */
export class Learner {
  private readonly sums: readonly GradientSum[];
  private steps = 0;

  private constructor(
    private readonly place: LearnerPlace,
    readonly learned: LearnedModel,
    private readonly featurizer: Featurizer,
    private readonly models: readonly TrainableModel[],
    private readonly known?: KnownDocuments,
    before?: Learner,
  ) {
    this.sums = models.map(({ weights }) => before?.emptied(weights) ?? new GradientSum(weights));
  }

  /** A model that has learned nothing but the vocabulary, labels, types and scales of some annotated documents. */
  static begin(place: LearnerPlace, docs: readonly Doc[], init?: TransferSource): Learner {
    const config = annotatedMentions(place.config);
    const data = prepare(config, { ...place, train: docs, dev: [], init });
    const { seed, seeds } = config.training;
    const models = Array.from({ length: seeds }, (_, i) => newModel(seed + i, data, place.backend));
    const { model: options, vocabulary, scaling, labels, types, memory } = data;
    const members = models.map(({ weights }) => weights);
    const learned = { options, vocabulary, members, scaling, labels, types, memory };
    const known = new KnownDocuments(docs, data.train, options);
    return new Learner({ ...place, config }, learned, data.featurizer, models, known);
  }

  /** Goes on with a model that has learned already. @param before what trained it until now, and ends */
  static goOn(place: LearnerPlace, learned: LearnedModel, before?: Learner): Learner {
    const config = annotatedMentions(place.config);
    const { featurizer, members } = bindMembers(learned, place.kb, linkerOptions(config), place.backend);
    return new Learner({ ...place, config }, learned, featurizer, members(), undefined, before);
  }

  /** Whether this is still the knowledge base that it was made for: entities may have been added since. */
  fits(kb: InMemoryLookupKB): boolean {
    return this.place.kb === kb && this.featurizer.terms === kb.terms;
  }

  /**
   * Adds the gradients of annotated documents to those of earlier calls; gives their mean loss, or undefined where
   * there is nothing to learn.
   * @throws L515 a loss that is no number; all gradients are dropped then
   */
  learn(docs: readonly Doc[], dropout: Dropout | undefined): number | undefined {
    const parts = this.partsOf(docs).filter(({ mentions }) => mentions.length > 0);
    const all = parts.reduce((sum, { mentions }) => sum + mentions.length, 0);
    if (all === 0) return undefined;
    this.steps++;
    let loss = 0;
    this.models.forEach((model, m) => {
      for (const { prepared, mentions } of parts) {
        const targets = targetsOf(prepared, mentions);
        const own = model.lossAndGradients(prepared.table, mentions, targets, dropout);
        const share = mentions.length / all;
        this.sums[m]?.add(own.gradients, share);
        loss += (own.loss * share) / this.models.length;
      }
    });
    if (Number.isFinite(loss)) return loss;
    for (const sum of this.sums) sum.clear();
    throw linkwrightError("L515", { name: this.place.name, step: this.steps });
  }

  /** Moves the weights by what was learned since the last step. */
  step(optimizer: Optimizer): void {
    for (const sum of this.sums) sum.take((weights, gradients) => optimizer.apply(weights, gradients));
  }

  /** The sum for some weights: as large as they are, and its place is not free before the event loop turns. */
  private emptied(weights: Weights): GradientSum | undefined {
    const sum = this.sums.find((own) => own.weights === weights);
    sum?.clear();
    return sum;
  }

  /** Documents of the initialisation as they were prepared then, the others anew. */
  private partsOf(docs: readonly Doc[]): Part[] {
    const { known } = this;
    const rows = docs.map((doc) => known?.mentionsOf(doc));
    const anew = this.prepareAnew(docs.filter((_, d) => !rows[d]));
    const fresh = { prepared: anew, mentions: trainableMentions(anew, this.learned.options) };
    if (!known) return [fresh];
    return [{ prepared: known.prepared, mentions: Int32Array.from(rows.flatMap((row) => row ?? [])) }, fresh];
  }

  private prepareAnew(docs: readonly Doc[]): Prepared {
    const { config, kb, find } = this.place;
    const met = docs.map((doc) => mentionsToTrain(config, doc, (own) => find(own, kb)));
    const table = this.featurizer.featurize(met, { scaling: this.learned.scaling });
    return { table, gold: goldPlaces(met, kb, candidateOptions(config)) };
  }
}

/** The documents' mentions are what a component trains on: no gazetteer chooses among them. */
function annotatedMentions(config: Config): Config {
  return { ...config, linker: { ...config.linker, use_gold_ents: true } };
}
