import type { SharedKb } from "../../kb/shared-kb.js";
import type { Config } from "../../linker/config.js";
import { Doc, type Sentence, type Span } from "../../text/doc.js";
import type { PlainError } from "../../thread-error.js";
import {
  type DocumentRange,
  type Documents,
  PARTS,
  type Part,
  type RangeCandidates,
} from "../document-preparer.js";
import type { PartNumbers } from "../prepare.js";
import type { TrainingBasis } from "../training-basis.js";

/** What a thread is started with. */
export interface ThreadData {
  readonly config: Config;
  readonly kb: SharedKb;
  readonly documents: PlainDocuments;
  readonly queue: RangeQueue;
}

/** What a thread is asked for, one after the other: to take part in one and in the other. */
export type ThreadRequest =
  | { readonly kind: "candidates" }
  | {
      readonly kind: "features";
      readonly basis: PlainBasis;
      readonly numbers: Readonly<Record<Part, PartNumbers>>;
    };

/** What the thread found; features are written where all threads see them. */
export type ThreadAnswer = { readonly found: readonly FoundRange[] } | { readonly error: PlainError };

export type FoundRange = readonly [index: number, found: RangeCandidates];

/** A basis that can be posted. */
export type PlainBasis = Pick<TrainingBasis, "model" | "labels" | "memory"> & { readonly vocabulary: string };

export function toPlainBasis({ model, labels, memory, vocabulary }: TrainingBasis): PlainBasis {
  return { model, labels, memory, vocabulary: vocabulary.toText() };
}

export type TakenRange = readonly [index: number, range: DocumentRange];

/** For each request the ranges that were taken, in memory that all threads see: each takes the next one. */
export type RangeQueue = Int32Array;

export function newQueue(): RangeQueue {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/** The ranges that are left, as long as no other thread takes them. */
export function* takeRanges(
  queue: RangeQueue,
  kind: ThreadRequest["kind"],
  ranges: readonly DocumentRange[],
): Generator<TakenRange> {
  const place = kind === "candidates" ? 0 : 1;
  for (;;) {
    const index = Atomics.add(queue, place, 1);
    const range = ranges[index];
    if (!range) return;
    yield [index, range];
  }
}

interface PlainDocument {
  readonly text: string;
  readonly sents: readonly Sentence[] | undefined;
  readonly given: readonly Span[];
  /** The very list that `given` is, where it says the same: it is posted once then. */
  readonly met: readonly Span[];
}
export type PlainDocuments = Readonly<Record<Part, readonly PlainDocument[]>>;

/** Of documents what can be posted, and what numbers are made of. */
export function toPlain(documents: Documents): PlainDocuments {
  return eachPart(documents, ({ doc, ents }) => {
    const given = doc.ents.map(plainSpan);
    const met = ents === doc.ents ? given : ents.map(plainSpan);
    return { text: doc.text, sents: doc.hasGivenSents ? doc.sents : undefined, given, met };
  });
}

export function fromPlain(documents: PlainDocuments): Documents {
  return eachPart(documents, ({ text, sents, given, met }) => {
    const doc = new Doc(text, { ents: given, sents });
    return { doc, ents: met === given ? doc.ents : met };
  });
}

function plainSpan({ start, end, label, kbId }: Span): Span {
  return { start, end, label, kbId };
}

function eachPart<A, B>(
  documents: Readonly<Record<Part, readonly A[]>>,
  change: (document: A) => B,
): Record<Part, B[]> {
  return Object.fromEntries(PARTS.map((part) => [part, documents[part].map(change)])) as Record<Part, B[]>;
}
