import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { TermIndex } from "../kb/term-index.js";
import type { Doc } from "../text/doc.js";
import { type DocumentView, tokenAt, viewDocument } from "./document-view.js";
import { Coherence } from "./features/coherence-index.js";
import { DocumentEntities } from "./features/document-entities.js";
import { Evidence } from "./features/evidence.js";
import { FEATURE_GROUPS, type FeatureColumn, featureColumns } from "./features/groups.js";
import { MemoryEvidence } from "./features/memory-evidence.js";
import { type Descriptions, Lexicon } from "./lexicon.js";
import type { Mention } from "./mention.js";
import { applyScaling, emptyTable, type FeatureScaling, type MentionTable } from "./mention-table.js";
import type { ModelOptions } from "./options.js";
import { TellingWords } from "./telling-words.js";
import { type OwnShare, ownShare, type TrainMemory } from "./train-memory.js";
import type { Vocabulary } from "./vocabulary.js";

/** Sentences farther away than this share one bias. */
const FARTHEST_SENTENCE = 3;

export interface DocMentions {
  readonly doc: Doc;
  readonly mentions: readonly Mention[];
}

export interface FeaturizeOptions {
  /** Standardises the features. */
  readonly scaling?: FeatureScaling;
  /** The documents are the ones that the memory was made of, in that order: each is kept from its own answers. */
  readonly areRemembered?: boolean;
}

/** Where in a table the numbers of some documents go. */
export interface TablePlace {
  readonly firstMention: number;
  readonly firstDocument: number;
}

export interface FeaturizerSettings {
  readonly model: ModelOptions;
  readonly nSents: number;
  readonly inclPrior: boolean;
  readonly inclContext: boolean;
  /** Training mentions, when the model remembers them. */
  readonly memory?: TrainMemory | undefined;
  /** Whose descriptions idf is counted on. @default the knowledge base's */
  readonly counted?: Descriptions | undefined;
  /** Codes of the mention labels that training saw. */
  readonly labelCodes: ReadonlyMap<string, number>;
}

/** Where each mention's candidate rows begin. [N + 1] */
function rowStarts(docs: readonly DocMentions[]): Int32Array {
  const starts = [0];
  for (const { mentions } of docs) {
    for (const { candidates } of mentions)
      starts.push((starts.at(-1) as number) + candidates.entities.length);
  }
  return Int32Array.from(starts);
}

/** The mention with candidates that are all as likely and as frequent. */
function withoutPriors(mention: Mention): Mention {
  const { candidates } = mention;
  const count = candidates.entities.length;
  const priors = new Float32Array(count).fill(1 / Math.max(1, count));
  return { ...mention, candidates: { ...candidates, priors, frequencies: new Float32Array(count) } };
}

/** One mention of a document at hand. */
interface MentionPlace {
  readonly view: DocumentView;
  readonly mentions: readonly Mention[];
  readonly index: number;
  readonly own: OwnShare | undefined;
}

/** Turns documents and candidates into numbers. The only feature path: training and linking both walk it. */
export class Featurizer {
  readonly lexicon: Lexicon;
  /** The features of a candidate row, in the order of their columns. */
  readonly columns: readonly FeatureColumn[];
  /** Which of them the settings switch off. */
  readonly muted: readonly boolean[];
  /** Columns that measure others against their best value. */
  private readonly relatives: readonly { readonly column: number; readonly to: number }[];
  private readonly evidence: Evidence;
  private readonly documentEntities: DocumentEntities;
  private readonly coherence: Coherence;
  private readonly telling: TellingWords;
  private readonly memory: MemoryEvidence | undefined;
  /** Whether the text around a mention takes part. */
  readonly inclContext: boolean;
  /** The term index that this featurizer was made for: a changed knowledge base has another one. */
  readonly terms: TermIndex;

  constructor(
    private readonly kb: InMemoryLookupKB,
    vocabulary: Vocabulary,
    private readonly settings: FeaturizerSettings,
  ) {
    this.terms = kb.terms;
    this.inclContext = settings.inclContext;
    this.lexicon = new Lexicon(vocabulary, kb.terms, kb.getSizeEntities(), settings.counted);
    this.evidence = new Evidence(kb.terms.terms.size);
    this.documentEntities = new DocumentEntities(kb, this.lexicon, this.evidence);
    this.coherence = new Coherence(kb.terms.terms.size);
    this.telling = new TellingWords(vocabulary);
    this.memory = settings.memory && new MemoryEvidence(settings.memory, vocabulary);
    this.columns = featureColumns(settings.model.features, settings.model.relativeFeatures);
    const { inclPrior, inclContext } = settings;
    this.muted = this.columns.map(({ group }) => {
      const { source } = FEATURE_GROUPS[group];
      return (source === "prior" && !inclPrior) || (source === "context" && !inclContext);
    });
    this.relatives = this.columns.flatMap(({ relativeTo: to }, column) =>
      to === undefined ? [] : [{ column, to }],
    );
  }

  /** The numbers of all mentions. */
  featurize(docs: readonly DocMentions[], { scaling, areRemembered }: FeaturizeOptions = {}): MentionTable {
    const table = emptyTable(this.settings.model, {
      documents: docs.length,
      rowStart: rowStarts(docs),
      featureWidth: this.columns.length,
    });
    this.fill(table, docs, { firstMention: 0, firstDocument: 0 }, areRemembered);
    if (scaling) applyScaling(table, scaling, this.muted);
    return table;
  }

  /** Fills in the numbers of some of a table's documents, whose candidates it has room for. */
  fill(
    table: MentionTable,
    docs: readonly DocMentions[],
    { firstMention, firstDocument }: TablePlace,
    areRemembered = false,
  ): void {
    let at = firstMention;
    docs.forEach(({ doc, mentions: given }, place) => {
      const document = firstDocument + place;
      const mentions = this.settings.inclPrior ? given : given.map(withoutPriors);
      const view = viewDocument(doc, this.lexicon);
      table.documentRows.set(this.documentRows(view), document * this.settings.model.documentTokens);
      this.evidence.enterDocument(view, mentions);
      this.documentEntities.enterDocument();
      this.coherence.enterDocument(this.kb, mentions);
      const own = areRemembered && this.memory ? ownShare(document, mentions, this.kb) : undefined;
      for (let index = 0; index < mentions.length; index++, at++) {
        table.documents[at] = document;
        this.fillMention(table, at, { view, mentions, index, own });
      }
    });
  }

  private documentRows(view: DocumentView): readonly number[] {
    const { model, inclContext } = this.settings;
    return inclContext ? this.telling.rows(view, model.documentTokens) : [];
  }

  private fillMention(table: MentionTable, at: number, place: MentionPlace): void {
    const { view, mentions, index } = place;
    const mention = mentions[index] as Mention;
    const { model, inclPrior, inclContext, labelCodes } = this.settings;
    table.labels[at] = labelCodes.get(mention.span.label) ?? model.typeWidth - 1;
    if (inclContext) this.fillContext(table, at, view, mention);
    const from = table.rowStart[at] as number;
    const { entities, priors } = mention.candidates;
    if (entities.length === 0) return;
    table.entities.set(entities, from);
    if (inclPrior) table.priors.set(priors, from);
    this.fillFeatures(table, from, place);
  }

  private fillContext(table: MentionTable, at: number, view: DocumentView, { span }: Mention): void {
    const width = this.settings.model.contextTokens;
    const first = tokenAt(view.starts, span.start);
    const past = tokenAt(view.starts, span.end);
    const own = view.sentences[Math.min(first, view.sentences.length - 1)] ?? 0;
    const base = at * 2 * width;
    const put = (column: number, token: number): void => {
      if (token < 0 || token >= view.rows.length) return;
      const distance = Math.abs((view.sentences[token] as number) - own);
      if (distance > this.settings.nSents) return;
      table.context[base + column] = view.rows[token] as number;
      table.sentenceDistance[base + column] = Math.min(distance, FARTHEST_SENTENCE);
    };
    for (let i = 0; i < width; i++) {
      put(i, first - 1 - i);
      put(width + i, past + i);
    }
  }

  private fillFeatures(
    table: MentionTable,
    from: number,
    { view: document, mentions, index, own }: MentionPlace,
  ): void {
    const { kb, lexicon, evidence, documentEntities, coherence, memory } = this;
    const mention = mentions[index] as Mention;
    evidence.enterMention(document, mention.span);
    coherence.enterMention(kb, mentions, index);
    memory?.enterMention(document, mention, own);
    const view = {
      kb,
      lexicon,
      document,
      mentions,
      index,
      mention,
      evidence,
      documentEntities,
      coherence,
      memory,
    };
    const width = this.columns.length;
    const rows = mention.candidates.entities.length;
    const values = table.features.subarray(from * width, (from + rows) * width);
    let offset = 0;
    for (const group of this.settings.model.features) {
      FEATURE_GROUPS[group].fill(view, { values, width, offset });
      offset += FEATURE_GROUPS[group].features.length;
    }
    this.fillRelative(values, rows);
  }

  private fillRelative(values: Float32Array, rows: number): void {
    if (rows === 1) return; // it is the best itself
    const width = this.columns.length;
    const end = rows * width;
    for (const { column, to } of this.relatives) {
      let best = Number.NEGATIVE_INFINITY;
      for (let at = to; at < end; at += width) best = Math.max(best, values[at] as number);
      for (let row = 0; row < end; row += width) values[row + column] = (values[row + to] as number) - best;
    }
  }
}
