import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Doc, Span } from "../text/doc.js";
import { isAlwaysCapital, isCommonWord } from "./common-words.js";
import { LONGEST_NAME, NAME, NameIndex, NO_WORD, NOTHING, withWord } from "./name-index.js";
import { MENTION_DEFAULTS, type MentionOptions } from "./options.js";
import { SentenceShapes } from "./sentence-shapes.js";

/** The label of mentions whose entity has no type. */
export const GAZETTEER_LABEL = "ENTITY";

/** How the name of a hit is written in the knowledge base. */
export type HitMatch = "exact" | "normalised" | "plural";

/** A name of the knowledge base in a text. */
export interface Hit {
  readonly start: number;
  readonly end: number;
  /** Its words, the last one included. */
  readonly first: number;
  readonly last: number;
  /** Alias row; of several the one with the best prior. */
  readonly alias: number;
  readonly match: HitMatch;
}

interface Known {
  readonly alias: number;
  readonly match: HitMatch;
  /** It takes a sentence in capitals to be that name. */
  readonly needsCapitals: boolean;
}

/** A capital, a letter of a script without capitals, or a digit. */
const NAME_CHARACTER = /[\p{Lu}\p{Lt}\p{Lo}\p{N}]/u;
/** Counts and years: no names by themselves. */
const PLAIN_NUMBER = /^(?:\d{1,2}|1\d{3}|20\d{2})$/;
const NO_CHARACTER = /[^\p{L}\p{N}]+/gu;
const NO_CAPITALS = /^[^\p{Lu}\p{Lt}]+$/u;
const CAPITAL = /[\p{Lu}\p{Lt}]/u;
const ALL_CAPITALS = /^[^\p{Ll}]*\p{Lu}[^\p{Ll}]*$/u;
/** In running text so few capitals are a name of its own, not another name in capitals: "WHO" is not "Who". */
const SHORT = 3;
/** What may stand between two words of a name that is not written as the knowledge base writes it. */
const JOINT = /^(?:[\p{Zs}\t]?[-–'’ʼ.,&/·+]?[\p{Zs}\t]?|[.,] ?& ?)$/u;
/** Before a point a longer word is the last of a sentence. */
const LONGEST_SHORTENED = 3;
/** A point that belongs to no initials ("U.S."). */
const SENTENCE_END = /(?<!\.\p{L})\.$/u;
/** Words farther apart are no name. */
const WIDEST_GAP = 8;

/** The names of a knowledge base in a text: the longest at each place, from left to right, at word boundaries. */
export function findNames(
  doc: Doc,
  kb: InMemoryLookupKB,
  { paths }: Pick<MentionOptions, "paths"> = MENTION_DEFAULTS,
): Hit[] {
  const search = new NameSearch(doc, kb, new Set(paths));
  const hits: Hit[] = [];
  for (let word = 0; word < doc.tokens.length; ) {
    const hit = search.longestAt(word);
    if (hit) hits.push(hit);
    word = hit ? hit.last + 1 : word + 1;
  }
  return hits;
}

/** The span of a hit, its label the type of the name's likeliest entity. */
export function spanOf({ start, end, alias }: Hit, kb: InMemoryLookupKB): Span {
  return { start, end, label: labelOf(alias, kb), kbId: "" };
}

/** The type of an alias's likeliest entity. */
export function labelOf(alias: number, kb: InMemoryLookupKB): string {
  const entity = likeliest(alias, kb);
  const type = entity === undefined ? "" : kb.types[kb.entityType[entity] as number];
  return type || GAZETTEER_LABEL;
}

/** Those of some mentions that were detected too, to the character. */
export function among(detected: readonly Span[], ents: readonly Span[]): Span[] {
  const found = new Set(detected.map(({ start, end }) => `${start}-${end}`));
  return ents.filter(({ start, end }) => found.has(`${start}-${end}`));
}

/** The entity of an alias with the best prior; of several the first. */
function likeliest(alias: number, kb: InMemoryLookupKB): number | undefined {
  const start = kb.candidateStart(alias);
  let best = start;
  for (let i = start; i < kb.candidateEnd(alias); i++) {
    if ((kb.candidatePriors[i] as number) > (kb.candidatePriors[best] as number)) best = i;
  }
  return start === kb.candidateEnd(alias) ? undefined : kb.candidateEntities[best];
}

/** The search of one document. */
class NameSearch {
  private readonly index: NameIndex;
  private readonly shapes: SentenceShapes;
  private readonly known = new Map<string, Known | undefined>();
  /** Last words of what may be names from one word on, the shortest first. */
  private readonly lasts = new Int32Array(LONGEST_NAME);

  constructor(
    private readonly doc: Doc,
    private readonly kb: InMemoryLookupKB,
    private readonly paths: ReadonlySet<string>,
  ) {
    this.index = NameIndex.of(kb);
    this.shapes = new SentenceShapes(doc);
  }

  longestAt(first: number): Hit | undefined {
    const { text, tokens } = this.doc;
    const start = tokens.starts[first] as number;
    if (this.isArticleOfName(first)) return undefined;
    for (let n = this.followNames(first) - 1; n >= 0; n--) {
      const last = this.lasts[n] as number;
      for (const end of nameEnds(text, tokens.ends[last] as number)) {
        const known = this.lookUp(text.slice(start, end));
        if (known && this.isJoined(first, last, known) && this.isNameHere(first, last, known))
          return { start, end, first, last, ...known };
      }
    }
    return undefined;
  }

  /** Whether a name begins behind a "the" in lower case, which the knowledge base may have with and without it. */
  private isArticleOfName(first: number): boolean {
    const { text, tokens } = this.doc;
    const start = tokens.starts[first] as number;
    if (first + 1 === tokens.length || !text.startsWith("the ", start)) return false;
    return !text.startsWith("the ", start + 4) && this.longestAt(first + 1) !== undefined;
  }

  /** Collects in `lasts` where names may end that begin with a word; returns how many. */
  private followNames(first: number): number {
    const { text, tokens } = this.doc;
    const limit = Math.min(tokens.length, first + LONGEST_NAME);
    let hash = NO_WORD;
    let count = 0;
    for (let word = first; word < limit; word++) {
      const [start, end] = [tokens.starts[word] as number, tokens.ends[word] as number];
      if (word > first && start - (tokens.ends[word - 1] as number) > WIDEST_GAP) break;
      const before = hash;
      hash = withWord(before, text, start, end);
      const found = this.index.find(hash);
      if (found === NAME || this.isPluralOfName(before, word)) this.lasts[count++] = word;
      if (found === NOTHING) break;
    }
    return count;
  }

  private isPluralOfName(before: number, word: number): boolean {
    const { text, tokens } = this.doc;
    const end = tokens.ends[word] as number;
    if ((text.charCodeAt(end - 1) | 0x20) !== 0x73 || end - (tokens.starts[word] as number) < 4) return false;
    const norm = tokens.norms[word] as string;
    return this.index.find(withWord(before, norm, 0, norm.length)) === NAME;
  }

  /** What a text is as a name, wherever it stands. */
  private lookUp(surface: string): Known | undefined {
    if (this.known.has(surface)) return this.known.get(surface);
    const known = this.named(surface);
    this.known.set(surface, known);
    return known;
  }

  private named(surface: string): Known | undefined {
    const { kb, paths } = this;
    const exact = kb.aliasStrings.get(surface);
    if (PLAIN_NUMBER.test(surface)) return undefined;
    if (!NAME_CHARACTER.test(surface)) {
      return exact >= 0 && this.isCommonNoun(exact)
        ? { alias: exact, match: "exact", needsCapitals: false }
        : undefined;
    }
    if (exact >= 0) return { alias: exact, match: "exact", needsCapitals: false };
    if (SENTENCE_END.test(surface) || surface.startsWith("the ")) return undefined;
    const normalised = paths.has("normalised")
      ? this.best(kb.aliases.normalised(surface), surface)
      : undefined;
    if (normalised !== undefined) return { ...normalised, match: "normalised" };
    const plural = paths.has("plural") ? this.best(kb.aliases.plural(surface), surface) : undefined;
    return plural && { ...plural, match: "plural" };
  }

  /** Of some aliases the one with the best prior that a text may be: with more capitals than the alias, never with fewer. */
  private best(aliases: Int32Array, surface: string): Pick<Known, "alias" | "needsCapitals"> | undefined {
    let best: Pick<Known, "alias" | "needsCapitals"> | undefined;
    let highest = -1;
    for (const alias of aliases) {
      const name = this.kb.aliasStrings.at(alias);
      const prior = this.kb.candidatePriors[this.kb.candidateStart(alias)] ?? 0;
      if (prior <= highest || !hasCapitalsOf(surface, name)) continue;
      highest = prior;
      const needsCapitals = surface.length <= SHORT && ALL_CAPITALS.test(surface) && !ALL_CAPITALS.test(name);
      best = { alias, needsCapitals };
    }
    return best;
  }

  /** Whether a name in lower case is of something that is itself named so: "apple" of the fruit, not of the company. */
  private isCommonNoun(alias: number): boolean {
    const entity = likeliest(alias, this.kb);
    return entity !== undefined && NO_CAPITALS.test(this.kb.name(entity));
  }

  /** Whether no sentence ends between the words of a name that is not written as the knowledge base writes it. */
  private isJoined(first: number, last: number, { match }: Known): boolean {
    const { text, tokens } = this.doc;
    if (match === "exact") return true;
    for (let word = first; word < last; word++) {
      const end = tokens.ends[word] as number;
      const gap = text.slice(end, tokens.starts[word + 1]);
      if (!JOINT.test(gap)) return false;
      if (gap.startsWith(".") && end - (tokens.starts[word] as number) > LONGEST_SHORTENED) return false;
    }
    return true;
  }

  /** Whether a known name is one where it stands. */
  private isNameHere(first: number, last: number, { needsCapitals }: Known): boolean {
    const { shapes } = this;
    if (needsCapitals && shapes.shapeAt(first) !== "capitals") return false;
    for (let word = first; word <= last; word++) if (!this.isNoName(word, first === last)) return true;
    return false;
  }

  /** Whether a word by itself is no name where it stands. */
  private isNoName(word: number, isAlone: boolean): boolean {
    const { text, tokens } = this.doc;
    const surface = text.slice(tokens.starts[word], tokens.ends[word]);
    const lower = surface.toLowerCase();
    if (isAlwaysCapital(lower)) return true;
    if (surface === lower) return isCommonWord(lower);
    const { shapes } = this;
    // More capitals than a beginning asks for: "US officials", not "Us".
    const isInitials =
      surface.length > 1 && ALL_CAPITALS.test(surface) && shapes.shapeAt(word) !== "capitals";
    if (isInitials || !shapes.expectsCapital(word) || shapes.isNameHere(lower)) return false;
    return isCommonWord(lower) || (isAlone && shapes.isCommonHere(lower) && !this.hasBoth(surface, lower));
  }

  /** Whether the knowledge base has a word with and without its capital, of two entities: "Turkey" and "turkey". */
  private hasBoth(surface: string, lower: string): boolean {
    const [name, noun] = [surface, lower].map((word) => this.kb.aliasStrings.get(word)) as [number, number];
    return name >= 0 && noun >= 0 && likeliest(name, this.kb) !== likeliest(noun, this.kb);
  }
}

/** A name may end with the full stop of an abbreviation ("Apple Inc."). */
function nameEnds(text: string, end: number): number[] {
  return text[end] === "." ? [end + 1, end] : [end];
}

/** Whether a text has a capital wherever a name has one; both without what is no letter. */
function hasCapitalsOf(surface: string, name: string): boolean {
  const [written, wanted] = [lettersOf(surface), lettersOf(name)];
  // A plural is longer; a letter that is two in other spellings shifts the rest, and is too rare to matter.
  for (let i = 0; i < Math.min(written.length, wanted.length); i++) {
    if (CAPITAL.test(wanted[i] as string) && !CAPITAL.test(written[i] as string)) return false;
  }
  return true;
}

function lettersOf(text: string): string {
  return text.normalize("NFKC").replace(/^the /i, "").replace(NO_CHARACTER, "");
}
