import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { type CandidateFinder, type Discount, finderWith } from "../linker/candidates.js";
import { type Config, candidateOptions } from "../linker/config.js";
import type { Featurizer } from "../model/featurizer.js";
import type { MentionTable } from "../model/mention-table.js";
import { makeRandom } from "../model/random.js";
import type { Doc, Span } from "../text/doc.js";
import { type CandidateTable, candidateTable, mentionsFrom } from "./candidate-table.js";
import { LeaveOneOut } from "./leave-one-out.js";
import { goldPlaces } from "./targets.js";
import { variedPriors } from "./varied-priors.js";

/** A document as it was annotated, and the mentions that the linker will meet in it. */
export interface MetDocument {
  readonly doc: Doc;
  readonly ents: readonly Span[];
}

/** The document with the mentions that the linker will meet. Tokens that it has not made yet it makes for itself alone. */
export function asMet({ doc, ents }: MetDocument): Doc {
  return doc.withEnts([...ents]);
}

export const PARTS = ["train", "dev"] as const;
export type Part = (typeof PARTS)[number];
export type Documents = Readonly<Record<Part, readonly MetDocument[]>>;

/** Documents that are prepared in one go, `from` to before `to` of a part. */
export interface DocumentRange {
  readonly part: Part;
  readonly from: number;
  readonly to: number;
  /** Place of their first mention among those of the part. */
  readonly firstMention: number;
}

/** What a range's mentions may mean, and which of it they do mean. */
export interface RangeCandidates {
  readonly candidates: CandidateTable;
  /** As `goldPlaces` gives them. */
  readonly gold: Int32Array;
}

/** Some twenty milliseconds' work. */
const MENTIONS_A_RANGE = 256;

/**
 * Makes numbers of documents, range by range. A range's numbers depend on nothing but what this is made of, so that they
 * are the same to the byte in whichever thread, and after whatever other ranges, they are made.
 */
export class DocumentPreparer {
  readonly ranges: readonly DocumentRange[];
  private readonly discountFor: (doc: Doc, index: number) => Discount | undefined;

  constructor(
    private readonly config: Config,
    private readonly kb: InMemoryLookupKB,
    private readonly documents: Documents,
    private readonly find: CandidateFinder = finderWith(candidateOptions(config)),
  ) {
    this.ranges = PARTS.flatMap((part) => rangesOf(part, documents[part]));
    const given = documents.train.map(({ doc }) => doc);
    this.discountFor = trainDiscount(config, kb, given);
  }

  candidates(range: DocumentRange): RangeCandidates {
    const { kb, config } = this;
    const docs = this.documentsOf(range).map((document, i) => {
      const discount = range.part === "train" ? this.discountFor(document.doc, range.from + i) : undefined;
      const doc = asMet(document);
      return { doc, mentions: this.find(doc, kb, discount) };
    });
    return {
      candidates: candidateTable(docs.flatMap(({ mentions }) => mentions)),
      gold: goldPlaces(docs, kb, candidateOptions(config)),
    };
  }

  /** Fills in the range's rows of a part's table. @param candidates of the whole part */
  featurize(
    range: DocumentRange,
    featurizer: Featurizer,
    { candidates, table }: { readonly candidates: CandidateTable; readonly table: MentionTable },
  ): void {
    const { part, from, firstMention } = range;
    let mention = firstMention;
    const docs = this.documentsOf(range).map((document) => {
      const doc = asMet(document);
      const mentions = mentionsFrom(candidates, doc, mention);
      mention += mentions.length;
      return { doc, mentions };
    });
    featurizer.fill(table, docs, { firstMention, firstDocument: from }, part === "train");
  }

  private documentsOf({ part, from, to }: DocumentRange): readonly MetDocument[] {
    return this.documents[part].slice(from, to);
  }
}

function rangesOf(part: Part, documents: readonly MetDocument[]): DocumentRange[] {
  const ranges: DocumentRange[] = [];
  let [from, firstMention, mentions] = [0, 0, 0];
  documents.forEach(({ ents }, document) => {
    mentions += ents.length;
    const to = document + 1;
    if (mentions < MENTIONS_A_RANGE && to < documents.length) return;
    ranges.push({ part, from, to, firstMention });
    [from, firstMention, mentions] = [to, firstMention + mentions, 0];
  });
  return ranges;
}

/** How priors and frequencies of training documents differ from the knowledge base's. */
function trainDiscount(
  { training }: Config,
  kb: InMemoryLookupKB,
  docs: readonly Doc[],
): (doc: Doc, index: number) => Discount | undefined {
  const leaveOneOut = training.leave_one_out ? new LeaveOneOut(kb, docs) : undefined;
  const random = makeRandom(training.seed, "varied priors");
  const isVaried = docs.map(() => random.next() < training.varied_priors);
  return (doc, index) =>
    isVaried[index] ? variedPriors(doc, kb, `${training.seed} ${index}`) : leaveOneOut?.discountFor(doc);
}
