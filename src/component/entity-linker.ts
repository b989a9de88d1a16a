import { linkwrightError } from "../errors.js";
import { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { KnowledgeBase } from "../kb/knowledge-base.js";
import { checkOptions } from "../known-options.js";
import type { Config } from "../linker/config.js";
import { annotate, linkStream, type PipeOptions } from "../linker/linker.js";
import type { Link } from "../linker/predict.js";
import { makeRandom } from "../model/random.js";
import { type FunctionSettings, type KbLoader, resolveFunctions } from "../plugins/functions.js";
import { type LinkScores, scoreLinks } from "../scoring/scorer.js";
import { Doc, type Example, NIL } from "../text/doc.js";
import type { Averages } from "../training/with-averages.js";
import { annotateIds, checkCounts, type DocLinks, isIds } from "./annotations.js";
import { checkExample, checkExamples, docToLearn, examplesOf } from "./examples.js";
import { LiveModel } from "./live-model.js";
import { Optimizer, type OptimizerOptions } from "./optimizer.js";
import type { InitializeOptions, Losses, UpdateOptions } from "./options.js";
import { configOf, type EntityLinkerSettings, type SpacySettings, spacySettings } from "./settings.js";
import { shown } from "./shown.js";
import {
  componentFromBytes,
  componentToBytes,
  type Excludable,
  type ExcludeOptions,
  readComponent,
  writeComponent,
} from "./stored-component.js";

/**
 * spaCy's trainable component EntityLinker (https://spacy.io/api/entitylinker): a model that learns from examples, step
 * by step, and links mentions to the entries of a knowledge base. For models of `linkwright train` there is `Linker`.
 *
 * const nel = new EntityLinker({ nSents: 1 });
 * await nel.initialize(() => examples, { kbLoader: () => kb });
 * const sgd = nel.createOptimizer();
 * for (let step = 0; step < 50; step++) nel.update(examples, { sgd });
 * nel.call(doc).ents[0].kbId;  // => "Q42"
 */
export class EntityLinker {
  static readonly NIL = NIL;
  /** Losses are counted under it. */
  readonly name: string;
  private readonly live: LiveModel;
  private updates = 0;

  /** @throws E1043 threshold, E1044 candidatesBatchSize, E893 a function of no known name, L503 any other setting */
  constructor(settings: EntityLinkerSettings = {}) {
    const { name = "entity_linker", backend, ...others } = settings;
    const { getCandidates, getCandidatesBatch, generateEmptyKb, scorer, ...rest } = others;
    const config = configOf(rest);
    const functions = { getCandidates, getCandidatesBatch, generateEmptyKb, scorer } as FunctionSettings;
    const empty = resolveFunctions(functions).generateEmptyKb ?? emptyKb;
    const kb = inMemory(empty(config.model.entity_vector_length), name);
    this.name = name;
    this.live = new LiveModel({ config, functions, kb, model: undefined }, name, backend);
  }

  /** spaCy's settings as they are now. */
  get settings(): SpacySettings {
    return spacySettings(this.config);
  }
  /** All settings as a config file has them. */
  get config(): Config {
    return this.live.state.config;
  }
  get kb(): InMemoryLookupKB {
    return this.live.state.kb;
  }

  /** @throws E885 the loader is no function, E1018 it gives no knowledge base that a model can be trained with */
  async setKb(loader: KbLoader): Promise<void> {
    if (typeof loader !== "function") throw linkwrightError("E885", { found: shown(loader) });
    this.live.setKb(inMemory(await loader(), this.name));
  }

  // ---- training

  /**
   * Begins anew: vocabulary, labels, types and the scale of features come from the examples, all of which are read and
   * kept as numbers; weights are drawn, or taken over from the model that `training.init` names. To be done again when
   * the knowledge base has changed.
   * @throws E139 an empty knowledge base, L409 one without the vectors that the model needs, E930 and E978 no function that
   * gives examples, E923 no example, L305 "webgpu" as `training.backend`, and what `setKb` throws
   */
  async initialize(
    getExamples: () => Iterable<Example> | AsyncIterable<Example>,
    { kbLoader }: InitializeOptions = {},
  ): Promise<void> {
    const examples = examplesOf(getExamples, this.name);
    if (kbLoader !== undefined) await this.setKb(kbLoader);
    this.live.checkKb();
    const docs: Doc[] = [];
    for await (const example of examples) docs.push(this.docToLearn(example, "initialize"));
    if (docs.length === 0) throw linkwrightError("E923", { name: this.name });
    await this.live.begin(docs);
    this.updates = 0;
  }

  /**
   * Learns from a batch of examples; one in which no mention has candidates and an answer is skipped.
   * @throws E109 before `initialize`, E139, E978 what is no example, L001, L515 a loss that is no number
   */
  update(examples: Iterable<Example>, options: UpdateOptions = {}): Losses {
    checkOptions("update", options, ["drop", "sgd", "losses"]);
    const { drop = 0, sgd, losses = {} } = options;
    losses[this.name] ??= 0;
    this.live.checkKb();
    checkExamples(examples, `${this.name}.update`);
    const docs = Array.from(examples, (example) => this.docToLearn(example, "update"));
    if (docs.length === 0) return losses;
    const { seed, word_dropout: words } = this.config.training;
    const random = makeRandom(seed, "update", this.updates);
    const dropout = drop > 0 ? { random, units: drop, words: Math.min(drop, words) } : undefined;
    const loss = this.live.learnerFor("update").learn(docs, dropout);
    if (loss === undefined) return losses;
    losses[this.name] = (losses[this.name] ?? 0) + loss;
    this.updates++;
    if (sgd) this.finishUpdate(sgd);
    return losses;
  }

  /** Takes a step by all gradients since the last one. @throws E109, E139 */
  finishUpdate(sgd: Optimizer): void {
    this.live.learnerFor("finishUpdate").step(sgd);
    this.live.weightsChanged();
  }

  /**
   * An optimizer as the section `training` says, but with a learning rate that stays, and with averages for `useParams`. Make
   * one and keep it: each has moments, twice as large as the weights, and hundreds fill the 4 GB of a model's memory (L304)
   * before JavaScript sees that they are garbage.
   * @param changes what wins over it
   */
  createOptimizer(changes: Partial<OptimizerOptions> = {}): Optimizer {
    const { learning_rate, weight_decay, clip_norm } = this.config.training;
    const usual = {
      learningRate: learning_rate,
      weightDecay: weight_decay,
      clipNorm: clip_norm,
      useAverages: true,
    };
    return new Optimizer({ ...usual, ...changes });
  }

  /**
   * Runs `fn` with averaged weights in place of the weights, which are put back when it returns, throws, or its promise is
   * settled; what it learns meanwhile is lost.
   * @throws E109, E139
   */
  useParams<T>(averages: Averages, fn: () => T): T {
    return this.live.withAverages(averages, fn);
  }

  // ---- linking

  /** The links of each document's mentions; the documents stay as they are. @throws E109, E139, E147 */
  predict(docs: Doc | Iterable<Doc>): Link[][] {
    const linker = this.live.linkerFor("predict");
    const find = this.live.finder();
    const all = docs instanceof Doc ? [docs] : [...docs];
    return linker.linkMentions(all.map((doc) => ({ doc, mentions: find(doc, this.kb) })));
  }

  /**
   * Writes links into documents: those of `predict`, or the ids of all mentions in one list, as spaCy's predict gives them.
   * @throws E148 another number of links than of mentions
   */
  setAnnotations(docs: readonly Doc[], links: DocLinks | readonly string[]): void {
    const { overwrite } = this.settings;
    if (isIds(links)) {
      annotateIds(docs, links, { overwrite });
    } else {
      checkCounts(docs, links);
      annotate(docs, links, { overwrite });
    }
  }

  /** Links one document's mentions in place. */
  call(doc: Doc): Doc {
    this.setAnnotations([doc], this.predict([doc]));
    return doc;
  }

  /** Links a stream of documents, in order, some at a time. */
  async *pipe(docs: AsyncIterable<Doc> | Iterable<Doc>, options: PipeOptions = {}): AsyncGenerator<Doc> {
    yield* linkStream(docs, options, (batch) => this.setAnnotations(batch, this.predict(batch)));
  }

  /**
   * Scores links against annotated ones: with `useGoldEnts` those of the annotated mentions, made here, whatever
   * mentions were predicted; without it those that the predicted documents have.
   * @throws E109, E139, E147
   */
  score(examples: Iterable<Example>): LinkScores {
    const { scorer = scoreLinks } = this.live.functions;
    if (!this.settings.useGoldEnts) return scorer(examples);
    const linked = Array.from(examples, ({ reference, predicted }) => {
      const blank = reference.ents.map(({ start, end, label }) => ({ start, end, label, kbId: "" }));
      return { reference, predicted: predicted.withEnts(blank) };
    });
    const docs = linked.map(({ predicted }) => predicted);
    this.setAnnotations(docs, this.predict(docs));
    return scorer(linked);
  }

  // ---- files

  /** Writes a folder; if nothing is excluded, `loadLinker` and the command read it too. @throws E109, E139, L405, L406 */
  async toDisk(path: string, options: ExcludeOptions = {}): Promise<void> {
    await writeComponent(this.live.toStore("toDisk"), path, excluded("toDisk", options));
  }

  /** @throws E109, E139 */
  async toBytes(options: ExcludeOptions = {}): Promise<Uint8Array> {
    return componentToBytes(this.live.toStore("toBytes"), excluded("toBytes", options));
  }

  /**
   * Takes on what a folder holds, of `toDisk` or `linkwright train`; on an error the component stays as it was.
   * @throws E149 weights that don't fit, L402, L403, L404, L408, and the knowledge base's errors
   */
  async fromDisk(path: string, options: ExcludeOptions = {}): Promise<this> {
    await this.live.replace(await readComponent(this.live.state, path, excluded("fromDisk", options)));
    return this;
  }

  /** Takes on what `toBytes` gave. @throws L407 altered or cut bytes, and as `fromDisk` */
  async fromBytes(bytes: Uint8Array, options: ExcludeOptions = {}): Promise<this> {
    await this.live.replace(await componentFromBytes(this.live.state, bytes, excluded("fromBytes", options)));
    return this;
  }

  private docToLearn(example: Example, method: string): Doc {
    checkExample(example, `${this.name}.${method}`);
    return docToLearn(example, this.config.linker.use_gold_ents);
  }
}

const emptyKb = (entityVectorLength: number): KnowledgeBase => new InMemoryLookupKB({ entityVectorLength });

/** Steps are taken and documents linked at once, so that nobody can be asked meanwhile. */
function inMemory(kb: unknown, name: string): InMemoryLookupKB {
  if (kb instanceof InMemoryLookupKB) return kb;
  throw linkwrightError("E1018", { name, found: shown(kb), expected: "an InMemoryLookupKB" });
}

function excluded(method: string, options: ExcludeOptions): readonly Excludable[] {
  checkOptions(method, options, ["exclude"]);
  return options.exclude ?? [];
}
