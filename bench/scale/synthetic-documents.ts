import type { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { makeRandom, type Random } from "../../src/model/random.js";
import { NIL } from "../../src/text/doc.js";
import { capital, makeWords, pick, pickZipf } from "../made-up/words.js";

/** A document as a line of JSONL. */
export interface DocumentLine {
  readonly id: string;
  readonly text: string;
  readonly ents: readonly {
    readonly start: number;
    readonly end: number;
    readonly label: string;
    readonly kb_id: string;
  }[];
}

interface Mentioned {
  readonly name: string;
  readonly label: string;
  readonly kbId: string;
  /** Words that tell of it. */
  readonly words: readonly string[];
}

export interface DocumentsOptions {
  /** Of all documents together, at least. */
  readonly mentions: number;
  readonly seed: number;
  /** Keeps documents of one purpose from being those of another. */
  readonly part: string;
}

/** Of a document, at least and less than. */
const FEWEST_MENTIONS = 4;
const PAST_MOST_MENTIONS = 13;
/** Shares of mentions: a name that the document had before, and one that is not in the knowledge base. */
const REPEATED = 0.2;
const NOT_IN_KB = 0.08;
/** Of the names that are not in the knowledge base so many are an entity's too. */
const BORROWED = 0.4;
/** Share of the words around a mention that are its entity's. */
const TELLING = 0.2;
/** Share of entities that are drawn after their prior; the others are any of the likeliest of the name. */
const AFTER_PRIOR = 0.5;
const LIKELIEST = 10;
const SMALL_WORDS = "the of and in to a was for on with at by from that his were it".split(" ");

/**
 * Texts about a knowledge base: 4 to 12 mentions each, names as often as they have candidates, half the time
 * the entity after its prior and else any of the likeliest, so that priors mislead; every fifth word around a mention is
 * the entity's own, the others are small words or any entity's. Some
 * mentions come again, some are of what the knowledge base lacks. The same seed gives the same documents.
 */
export function* syntheticDocuments(
  kb: InMemoryLookupKB,
  { mentions, seed, part }: DocumentsOptions,
): Generator<DocumentLine> {
  const random = makeRandom("synthetic-documents", part, seed);
  const draw = new Drawer(kb, random);
  for (let made = 0, document = 0; made < mentions; document++) {
    const count = FEWEST_MENTIONS + Math.floor(random.next() * (PAST_MOST_MENTIONS - FEWEST_MENTIONS));
    const mentioned: Mentioned[] = [];
    while (mentioned.length < count) {
      const isRepeated = mentioned.length > 0 && random.next() < REPEATED;
      mentioned.push(isRepeated ? pick(mentioned, random) : draw.mentioned());
    }
    made += count;
    yield write(`${part}-${document}`, mentioned, draw, random);
  }
}

/** Draws names, entities and words of a knowledge base. */
class Drawer {
  /** Alias of each row of candidates. */
  private readonly aliasOfRow: Int32Array;
  private readonly unknown: readonly string[];
  private readonly best = new Map<number, readonly number[]>();

  constructor(
    private readonly kb: InMemoryLookupKB,
    private readonly random: Random,
  ) {
    this.aliasOfRow = new Int32Array(kb.candidateEntities.length);
    for (let alias = 0; alias < kb.getSizeAliases(); alias++) {
      this.aliasOfRow.fill(alias, kb.candidateStart(alias), kb.candidateEnd(alias));
    }
    this.unknown = makeWords(5000, random, { least: 3, most: 4 }).map(capital);
  }

  mentioned(): Mentioned {
    const { kb, random } = this;
    const alias = pick(this.aliasOfRow, random);
    const entity = this.entityOf(alias);
    const name = kb.aliasStrings.at(alias);
    const label = kb.types[kb.entityType[entity] as number] as string;
    if (random.next() >= NOT_IN_KB) {
      return { name, label, kbId: kb.entityIds.at(entity), words: this.wordsOf(entity) };
    }
    const isBorrowed = random.next() < BORROWED;
    return {
      name: isBorrowed ? name : pick(this.unknown, random),
      label,
      kbId: NIL,
      words: [this.anyWord()],
    };
  }

  /** Any entity's, the more entities have it the likelier. */
  anyWord(): string {
    const { terms, entityTerms } = this.kb.terms;
    return terms.at(entityTerms.at(Math.floor(this.random.next() * entityTerms.length)));
  }

  private entityOf(alias: number): number {
    return this.random.next() < AFTER_PRIOR
      ? this.afterPrior(alias)
      : pick(this.likeliest(alias), this.random);
  }

  private afterPrior(alias: number): number {
    const { kb } = this;
    const last = kb.candidateEnd(alias) - 1;
    let row = kb.candidateStart(alias);
    for (let left = this.random.next(); row < last; row++) {
      left -= kb.candidatePriors[row] as number;
      if (left < 0) break;
    }
    return kb.candidateEntities[row] as number;
  }

  /** The candidates of a name with the best priors. */
  private likeliest(alias: number): readonly number[] {
    const { kb } = this;
    const known = this.best.get(alias);
    if (known) return known;
    const from = kb.candidateStart(alias);
    const rows = Array.from({ length: kb.candidateEnd(alias) - from }, (_, i) => from + i);
    rows.sort((a, b) => (kb.candidatePriors[b] as number) - (kb.candidatePriors[a] as number) || a - b);
    const best = rows.slice(0, LIKELIEST).map((row) => kb.candidateEntities[row] as number);
    this.best.set(alias, best);
    return best;
  }

  /** Of its description. */
  private wordsOf(entity: number): string[] {
    const { terms, offsets, entityTerms, nameTermCount } = this.kb.terms;
    const from = (offsets[entity] as number) + (nameTermCount[entity] as number);
    return Array.from(entityTerms.slice(from, offsets[entity + 1] as number), (term) => terms.at(term));
  }
}

/** A sentence a mention. */
function write(id: string, mentioned: readonly Mentioned[], draw: Drawer, random: Random): DocumentLine {
  let text = "";
  const ents = mentioned.map(({ name, label, kbId, words }) => {
    const some = (): string => {
      const count = 4 + Math.floor(8 * random.next());
      return Array.from({ length: count }, () => wordNear(words, draw, random)).join(" ");
    };
    text += `${text === "" ? "" : " "}${capital(some())} `;
    const start = text.length;
    text += name;
    const end = text.length;
    text += ` ${some()}.`;
    return { start, end, label, kb_id: kbId };
  });
  return { id, text, ents };
}

function wordNear(words: readonly string[], draw: Drawer, random: Random): string {
  const kind = random.next();
  if (kind < TELLING) return pick(words, random);
  return kind < 0.6 ? pickZipf(SMALL_WORDS, random) : draw.anyWord();
}
