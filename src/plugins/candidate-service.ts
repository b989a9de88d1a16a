import { linkwrightError } from "../errors.js";
import type { Candidate } from "../kb/candidate.js";
import { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { entitiesAmong, type KnowledgeBase } from "../kb/knowledge-base.js";
import type { CandidateFinder } from "../linker/candidates.js";
import { type Config, candidateOptions } from "../linker/config.js";
import { annotatedIds, type Doc } from "../text/doc.js";
import { checkAnswers, looksUpItself, type Question, queriesOf, questionFor } from "./ask.js";
import { finderBy } from "./candidate-finder.js";
import type { Functions, MentionQuery } from "./functions.js";
import { mirrorOf } from "./mirror.js";

/** What is known of some documents' mentions after asking. */
export interface Found {
  /** The knowledge base if it is in memory, else a mirror of its answers. */
  readonly kb: InMemoryLookupKB;
  /** Finds the candidates of these documents' mentions, and of no others. */
  readonly find: CandidateFinder;
}

export interface AskOptions {
  /** Asks too which of the annotated ids the knowledge base has: training needs that. @default false */
  readonly annotated?: boolean;
  /** After each question, with the mentions that were asked about so far, and all. */
  readonly onAsked?: ((done: number, of: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks a knowledge base, or functions that stand before it, for candidates; the answers may take their time. */
export class CandidateService {
  private constructor(
    readonly kb: KnowledgeBase,
    private readonly question: Question,
    private readonly config: Config,
  ) {}

  /** Undefined where linkwright's own look-ups serve, which need no asking. */
  static of(kb: KnowledgeBase, functions: Functions, config: Config): CandidateService | undefined {
    const question = questionFor(kb, functions, config.linker.candidates_batch_size);
    return question && new CandidateService(kb, question, config);
  }

  /** Whether candidates are rows of the knowledge base itself. */
  get isInMemory(): boolean {
    return this.kb instanceof InMemoryLookupKB && !looksUpItself(this.kb);
  }

  /** Asks for the candidates of all mentions of some documents. @throws L516, L517, E147 */
  async find(docs: readonly Doc[], options: AskOptions = {}): Promise<Found> {
    const { kb } = this;
    const known = new Answered(this.question.byText, this.config.linker.labels_discard);
    const mentions = known.unanswered(docs.flatMap(queriesOf));
    const answers = await this.answers(mentions, options);
    mentions.forEach((mention, i) => {
      known.set(mention, answers[i] as readonly Candidate[]);
    });
    const ids = options.annotated ? await entitiesAmong(kb, annotatedIds(docs)) : [];
    return {
      kb: this.isInMemory ? (kb as InMemoryLookupKB) : mirrorOf(kb, answers, ids),
      find: finderBy(
        (asked) => asked.map((mention) => known.get(mention)),
        candidateOptions(this.config).maxCandidates,
      ),
    };
  }

  private async answers(
    mentions: readonly MentionQuery[],
    { onAsked, signal }: AskOptions,
  ): Promise<(readonly Candidate[])[]> {
    const { candidates_batch_size: batchSize } = this.config.linker;
    const all: (readonly Candidate[])[] = [];
    for (let from = 0; from < mentions.length; from += batchSize) {
      signal?.throwIfAborted();
      const some = mentions.slice(from, from + batchSize);
      const answers = await orAborted(this.answer(some), signal);
      checkAnswers(this.kb, answers, some);
      all.push(...answers);
      onAsked?.(all.length, mentions.length);
    }
    return all;
  }

  private async answer(mentions: readonly MentionQuery[]): Promise<readonly (readonly Candidate[])[]> {
    try {
      return await this.question.ask(mentions);
    } catch (cause) {
      const [first] = mentions;
      const mention =
        JSON.stringify(first?.text) + (mentions.length > 1 ? ` and ${mentions.length - 1} more` : "");
      throw linkwrightError(
        "L517",
        {
          kb: this.kb.constructor.name,
          mention,
          why: cause instanceof Error ? cause.message : String(cause),
        },
        cause,
      );
    }
  }
}

/** A promise, or the signal's reason if that comes first. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Answers by mention; documents are copied on their way, so that a mention is known by its document's id and text, and its place. */
class Answered {
  private readonly answers = new Map<string, Map<string, readonly Candidate[]>>();

  /**
   * @param byText whether mentions of one text have one answer, wherever they stand
   * @param discarded labels of mentions that nobody is asked about
   */
  constructor(
    private readonly byText: boolean,
    private readonly discarded: readonly string[],
  ) {}

  /** Those mentions that need a question of their own. */
  unanswered(all: readonly MentionQuery[]): readonly MentionQuery[] {
    const mentions = all.filter((mention) => !this.isDiscarded(mention));
    if (!this.byText) return mentions;
    return [...new Map(mentions.map((mention) => [mention.text, mention])).values()];
  }

  set(mention: MentionQuery, candidates: readonly Candidate[]): void {
    const [document, place] = this.keysOf(mention);
    const places = this.answers.get(document) ?? new Map<string, readonly Candidate[]>();
    this.answers.set(document, places.set(place, candidates));
  }

  get(mention: MentionQuery): readonly Candidate[] {
    if (this.isDiscarded(mention)) return [];
    const [document, place] = this.keysOf(mention);
    const candidates = this.answers.get(document)?.get(place);
    if (!candidates) throw new Error(`the mention ${JSON.stringify(mention.text)} was not asked about`);
    return candidates;
  }

  private isDiscarded({ span }: MentionQuery): boolean {
    return this.discarded.includes(span.label);
  }

  private keysOf({
    text,
    doc,
    span: { start, end, label },
  }: MentionQuery): [document: string, place: string] {
    return this.byText ? ["", text] : [`${doc.id}\n${doc.text}`, `${start} ${end} ${label}`];
  }
}
