import { linkwrightError } from "../errors.js";
import { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Config } from "../linker/config.js";
import { annotate, linkStream, type PipeOptions } from "../linker/linker.js";
import type { Link } from "../linker/predict.js";
import { makeRandom } from "../model/random.js";
import type { LinkScores } from "../scoring/scorer.js";
import type { Doc, Example } from "../text/doc.js";
import { annotateIds, checkCounts, type DocLinks, isIds } from "./annotations.js";
import { docToLearn } from "./examples.js";
import { type FunctionSettings, type KbLoader, resolveFunctions } from "./functions.js";
import { LiveModel } from "./live-model.js";
import { type Averages, Optimizer, type OptimizerOptions } from "./optimizer.js";
import type { InitializeOptions, Losses, UpdateOptions } from "./options.js";
import { configOf, type EntityLinkerSettings, type SpacySettings, spacySettings } from "./settings.js";
import {
  componentFromBytes,
  componentToBytes,
  type ExcludeOptions,
  readComponent,
  writeComponent,
} from "./stored-component.js";

/** The name under which losses are counted. */
const NAME = "entity_linker";

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
  readonly name = NAME;
  private readonly live: LiveModel;
  private updates = 0;

  /** @throws E1043 threshold, E1044 candidatesBatchSize, E893 a function of no known name, L503 any other setting */
  constructor(settings: EntityLinkerSettings = {}) {
    const { backend, getCandidates, getCandidatesBatch, generateEmptyKb, scorer, ...rest } = settings;
    const config = configOf(rest);
    const functions = { getCandidates, getCandidatesBatch, generateEmptyKb, scorer } as FunctionSettings;
    const kb = resolveFunctions(functions).generateEmptyKb(config.model.entity_vector_length);
    this.live = new LiveModel({ config, functions, kb, model: undefined }, NAME, backend);
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
    const kb: unknown = await loader();
    if (!(kb instanceof InMemoryLookupKB)) throw linkwrightError("E1018", { name: NAME, found: shown(kb) });
    this.live.setKb(kb);
  }

  // ---- training

  /**
   * Begins anew: vocabulary, labels, types and the scale of features come from the examples, all of which are read and
   * kept as numbers; weights are drawn, or taken over from the model that `training.init` names. To be done again when
   * the knowledge base has changed.
   * @throws E139 an empty knowledge base, L409 one without the vectors that the model needs, E923 no example, and what
   * `setKb` throws
   */
  async initialize(
    getExamples: () => Iterable<Example> | AsyncIterable<Example>,
    { kbLoader }: InitializeOptions = {},
  ): Promise<void> {
    if (kbLoader !== undefined) await this.setKb(kbLoader);
    this.live.checkKb();
    const docs: Doc[] = [];
    for await (const example of getExamples()) docs.push(this.docToLearn(example));
    if (docs.length === 0) throw linkwrightError("E923", { name: NAME });
    await this.live.begin(docs);
    this.updates = 0;
  }

  /**
   * Learns from a batch of examples; one in which no mention has candidates and an answer is skipped.
   * @throws E109 before `initialize`, E139, L515 a loss that is no number
   */
  update(examples: readonly Example[], { drop = 0, sgd, losses = {} }: UpdateOptions = {}): Losses {
    losses[NAME] ??= 0;
    const { seed, word_dropout: words } = this.config.training;
    const random = makeRandom(seed, "update", this.updates);
    const dropout = drop > 0 ? { random, units: drop, words: Math.min(drop, words) } : undefined;
    const docs = examples.map((example) => this.docToLearn(example));
    const loss = this.live.learnerFor("update").learn(docs, dropout);
    if (loss === undefined) return losses;
    losses[NAME] += loss;
    this.updates++;
    if (sgd) this.finishUpdate(sgd);
    return losses;
  }

  /** Takes a step by all gradients since the last one. @throws E109, E139 */
  finishUpdate(sgd: Optimizer): void {
    this.live.learnerFor("finishUpdate").step(sgd);
    this.live.weightsChanged();
  }

  /** An optimizer as the section `training` says, but with a learning rate that stays. @param changes what wins over it */
  createOptimizer(changes: Partial<OptimizerOptions> = {}): Optimizer {
    const { learning_rate, weight_decay, clip_norm } = this.config.training;
    const usual = { learningRate: learning_rate, weightDecay: weight_decay, clipNorm: clip_norm };
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
  predict(docs: readonly Doc[]): Link[][] {
    const linker = this.live.linkerFor("predict");
    const find = this.live.finder();
    return linker.linkMentions(docs.map((doc) => ({ doc, mentions: find(doc, this.kb) })));
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

  /** Scores predicted documents against annotated ones. */
  score(examples: Iterable<Example>): LinkScores {
    return this.live.functions.scorer(examples);
  }

  // ---- files

  /** Writes a folder; if nothing is excluded, `loadLinker` and the command read it too. @throws E109, E139, L405, L406 */
  async toDisk(path: string, { exclude = [] }: ExcludeOptions = {}): Promise<void> {
    await writeComponent(this.live.toStore("toDisk"), path, exclude);
  }

  /** @throws E109, E139 */
  async toBytes({ exclude = [] }: ExcludeOptions = {}): Promise<Uint8Array> {
    return componentToBytes(this.live.toStore("toBytes"), exclude);
  }

  /**
   * Takes on what a folder holds, of `toDisk` or `linkwright train`; on an error the component stays as it was.
   * @throws E149 weights that don't fit, L402, L403, L404, L408, and the knowledge base's errors
   */
  async fromDisk(path: string, { exclude = [] }: ExcludeOptions = {}): Promise<this> {
    await this.live.replace(await readComponent(this.live.state, path, exclude));
    return this;
  }

  /** Takes on what `toBytes` gave. @throws L407 altered or cut bytes, and as `fromDisk` */
  async fromBytes(bytes: Uint8Array, { exclude = [] }: ExcludeOptions = {}): Promise<this> {
    await this.live.replace(await componentFromBytes(this.live.state, bytes, exclude));
    return this;
  }

  private docToLearn(example: Example): Doc {
    return docToLearn(example, this.config.linker.use_gold_ents);
  }
}

function shown(value: unknown): string {
  return typeof value === "object" && value !== null
    ? `a ${value.constructor?.name ?? "value"}`
    : String(value);
}
