import { type Sentence, sentencize } from "./sentencizer.js";
import { type Tokens, tokenize } from "./tokenizer.js";

export type { Sentence, Tokens };

/** The `kbId` of a mention that was looked at and is not in the knowledge base. */
export const NIL = "NIL";

/** A mention: `doc.text.slice(start, end)`, offsets in UTF-16 code units. */
export interface Span {
  start: number;
  end: number;
  label: string;
  /** An entity's id, `"NIL"` = not in the knowledge base, `""` = not annotated. */
  kbId: string;
  /** Calibrated probability of `kbId`, 0 to 1. */
  score?: number;
  /** Why the linker decided so, such as `"no_candidates"`. */
  reason?: string;
  /** Ids one of which is meant, best first, where the linker was not sure of a single one. */
  oneOf?: readonly string[];
  /** The linker's candidates, best first. */
  candidates?: readonly unknown[];
  /** JSON keys of the span that linkwright does not know, kept for writing back. */
  meta?: Record<string, unknown>;
}

/** A mention as a document takes it: without `label` and `kbId` both are `""`. */
export type SpanInit = Omit<Span, "label" | "kbId"> & Partial<Pick<Span, "label" | "kbId">>;

export interface DocOptions {
  /** @default "" */
  readonly id?: string;
  /** Mentions in the order of their offsets. @default [] */
  readonly ents?: readonly SpanInit[];
  /** Sentences in order; without them the text is sentencized when first asked for. */
  readonly sents?: readonly Sentence[] | undefined;
  /** JSON keys of the document that linkwright does not know, kept for writing back. @default {} */
  readonly meta?: Record<string, unknown>;
}

/** A text with its mentions. Tokens and sentences are made once, when first asked for. */
export class Doc {
  readonly id: string;
  readonly text: string;
  ents: Span[];
  readonly meta: Record<string, unknown>;
  /** Whether the sentences came with the document, rather than from the sentencizer. */
  readonly hasGivenSents: boolean;
  #sents: readonly Sentence[] | undefined;
  #tokens: Tokens | undefined;

  constructor(text: string, options: DocOptions = {}) {
    this.id = options.id ?? "";
    this.text = text;
    this.ents = (options.ents ?? []).map(spanOf);
    this.meta = options.meta ?? {};
    this.#sents = options.sents;
    this.hasGivenSents = options.sents !== undefined;
  }

  get tokens(): Tokens {
    this.#tokens ??= tokenize(this.text);
    return this.#tokens;
  }

  get sents(): readonly Sentence[] {
    this.#sents ??= sentencize(this.text);
    return this.#sents;
  }

  /** The same document with other mentions; tokens and given sentences are shared, not made again. */
  withEnts(ents: Span[]): Doc {
    const { id, text, meta } = this;
    const doc = new Doc(text, { id, ents, meta, sents: this.hasGivenSents ? this.#sents : undefined });
    doc.#sents = this.#sents;
    doc.#tokens = this.#tokens;
    return doc;
  }
}

/** The different ids that documents are annotated with. */
export function annotatedIds(docs: readonly Doc[]): string[] {
  const ids = new Set(docs.flatMap(({ ents }) => ents.map(({ kbId }) => kbId)));
  return [...ids].filter((id) => id !== "" && id !== NIL);
}

function spanOf(init: SpanInit): Span {
  return { ...init, label: init.label ?? "", kbId: init.kbId ?? "" };
}

/** A document as annotated and the same document as predicted, for training and scoring. */
export interface Example {
  readonly reference: Doc;
  readonly predicted: Doc;
}
