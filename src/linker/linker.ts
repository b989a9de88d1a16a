import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Awaitable, KnowledgeBase } from "../kb/knowledge-base.js";
import { makeDetector, type ReadyDetector } from "../mentions/make-detector.js";
import type { MentionFilter } from "../mentions/mention-filter.js";
import { MENTION_DEFAULTS, type MentionOptions } from "../mentions/options.js";
import type { DocMentions } from "../model/featurizer.js";
import type { Mention } from "../model/mention.js";
import type { Backend } from "../tensor/backend.js";
import { inBatches } from "../text/batches.js";
import type { Doc, Span } from "../text/doc.js";
import { type BoundModel, bindModel, type LearnedModel } from "./bound-model.js";
import { type CandidateFinder, finderWith } from "./candidates.js";
import type { Calibration } from "./decide.js";
import type { Evidence } from "./guarantee.js";
import { type CandidateOptions, LINKER_DEFAULTS, type LinkerOptions } from "./options.js";
import { isDiscarded, isLinked, type Link, linksOf, scoreMentions } from "./predict.js";
import { type ChosenThresholds, thresholdsOf } from "./thresholds.js";

/** Everything that a linker is made of. */
export interface LinkerParts {
  readonly learned: LearnedModel;
  readonly kb: InMemoryLookupKB;
  /** None for scores that are no logits. */
  readonly calibration: Calibration | undefined;
  /** What the model said of dev; needed where a precision is asked for. */
  readonly evidence?: Evidence | undefined;
  readonly candidates: CandidateOptions;
  /** How candidates are found. @default by the look-ups that `candidates` allows */
  readonly find?: CandidateFinder | undefined;
  /** How mentions are found. @default MENTION_DEFAULTS */
  readonly mentions?: MentionOptions | undefined;
  /** Which names of the knowledge base are worth linking. @default all that the gazetteer finds */
  readonly mentionFilter?: MentionFilter | undefined;
  /** Where `kb` holds a few entities of many: what stands for the many, so that words are as rare as in training. */
  readonly reference?: InMemoryLookupKB | undefined;
  readonly backend: Backend;
  /** @default LINKER_DEFAULTS */
  readonly options?: Partial<LinkerOptions>;
}

export interface PipeOptions {
  /** Links what is there when the next document is not in so many milliseconds. @default waits for a full batch */
  readonly flushAfterMs?: number;
  /** Documents that are linked together. @default 128 */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
}

/** What links documents, wherever the candidates come from. */
export interface DocumentLinker {
  readonly kb: KnowledgeBase;
  readonly options: LinkerOptions;
  readonly thresholds: ChosenThresholds;
  /** How mentions are found. */
  readonly mentions?: MentionOptions;
  /** Links a stream of documents, in order, some at a time. */
  pipe(docs: AsyncIterable<Doc> | Iterable<Doc>, options?: PipeOptions): AsyncGenerator<Doc>;
  /** The mentions of a text, as the model's config says that they are found. */
  detect(doc: Doc): Span[];
}

/** Links the mentions of documents to the entries of a knowledge base in memory, or to NIL. */
export class Linker implements DocumentLinker {
  readonly kb: InMemoryLookupKB;
  readonly options: LinkerOptions;
  readonly learned: LearnedModel;
  readonly calibration: Calibration | undefined;
  readonly candidates: CandidateOptions;
  readonly mentions: MentionOptions;
  /** What the options and dev's evidence make of the decision. */
  readonly thresholds: ChosenThresholds;
  private readonly find: CandidateFinder;
  private readonly detector: ReadyDetector;
  private readonly backend: Backend;
  private readonly reference: InMemoryLookupKB | undefined;
  private bound: BoundModel | undefined;

  /** @throws L841 the package that the mention detector needs is not installed */
  constructor({ learned, kb, calibration, evidence, backend, options, ...parts }: LinkerParts) {
    this.learned = learned;
    this.kb = kb;
    this.calibration = calibration;
    this.candidates = parts.candidates;
    this.find = parts.find ?? finderWith(parts.candidates);
    this.mentions = parts.mentions ?? { ...MENTION_DEFAULTS, paths: parts.candidates.paths };
    this.detector = makeDetector(this.mentions, kb, parts.mentionFilter);
    this.reference = parts.reference;
    this.backend = backend;
    this.options = { ...LINKER_DEFAULTS, ...options };
    this.thresholds = thresholdsOf(this.options, calibration, evidence);
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

  /** The links of each document's mentions; the documents stay as they are. */
  predict(docs: readonly Doc[]): Link[][] {
    return this.linkMentions(docs.map((doc) => ({ doc, mentions: this.mentionsOf(doc) })));
  }

  /** A document's mentions with their candidates. */
  mentionsOf(doc: Doc): Mention[] {
    return this.find(doc, this.kb);
  }

  /** Writes links into the documents' mentions; with `overwrite` off, mentions that have a link keep it. */
  setAnnotations(docs: readonly Doc[], links: readonly (readonly Link[])[]): void {
    annotate(docs, links, this.options);
  }

  /** The mentions of a text, as the config's detector finds them; those that the document has are left as they are. */
  detect(doc: Doc): Span[] {
    return this.detector.detect(doc);
  }

  /** The links of mentions whose candidates were found already. */
  linkMentions(docs: readonly DocMentions[]): Link[][] {
    const { featurizer, model } = this.bind();
    const table = featurizer.featurize(docs, { scaling: this.learned.scaling });
    const labels = docs.flatMap(({ mentions }) => mentions.map(({ span }) => span.label));
    const { linkableLabels } = this.mentions;
    const { labelsDiscard } = this.options;
    const discards = { labelsDiscard, linkableLabels };
    const isKept = (mention: number): boolean => !isDiscarded(labels[mention] as string, discards);
    const scored = scoreMentions(model, table, isKept);
    const { calibration, thresholds } = this;
    return linksOf(docs, table, scored, this.kb, { ...discards, calibration, thresholds });
  }

  /** The model for the knowledge base as it stands now: entities may have been added since the last call. */
  bind(): BoundModel {
    if (this.bound?.featurizer.terms !== this.kb.terms) {
      this.bound = bindModel(this.learned, this.kb, this.options, this.backend, this.reference);
    }
    return this.bound as BoundModel;
  }
}

/** Writes links into documents; a mention without one stays as it is. */
export function annotate(
  docs: readonly Doc[],
  links: readonly (readonly Link[])[],
  { overwrite }: Pick<LinkerOptions, "overwrite">,
): void {
  docs.forEach((doc, d) => {
    doc.ents = doc.ents.map((span, i) => {
      const link = links[d]?.[i];
      if (!link) return span;
      return !overwrite && isLinked(span) ? { ...span, reason: "kept" } : annotated(span, link);
    });
  });
}

function annotated({ oneOf: _old, ...span }: Span, { kbId, score, reason, oneOf, candidates }: Link): Span {
  const linked: Span = { ...span, kbId, score, reason, candidates };
  if (oneOf) linked.oneOf = oneOf;
  return linked;
}

/** Documents in their order, after `link` was called on each batch of them. */
export async function* linkStream(
  docs: AsyncIterable<Doc> | Iterable<Doc>,
  options: PipeOptions,
  link: (batch: Doc[]) => Awaitable<void>,
): AsyncGenerator<Doc> {
  for await (const batch of inBatches(docs, options)) {
    // Signals and other requests get their turn, also when all documents are at hand at once.
    await new Promise((resume) => setTimeout(resume));
    options.signal?.throwIfAborted();
    await link(batch);
    yield* batch;
  }
}
