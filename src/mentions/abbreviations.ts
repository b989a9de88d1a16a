import type { Doc, Span } from "../text/doc.js";

/** A short form that a text explains: "PI3K" in "phosphatidylinositol-3-kinase (PI3K)". */
export interface Definition {
  readonly short: string;
  readonly long: string;
  /** Where the long form stands. */
  readonly start: number;
  readonly end: number;
}

/** Characters of a short form, and its words. */
const FEWEST_CHARACTERS = 2;
const MOST_CHARACTERS = 10;
const MOST_WORDS = 2;
/** Words that hyphens and points part count too. */
const MOST_TOKENS = 5;
/** How far a bracket's content goes at most, and the text before it that is looked at. */
const LONGEST_BRACKET = 120;
const LETTER = /\p{L}/u;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const BRACKET = /[([]([^()[\]\n]{2,120})[)\]]/g;

/**
 * The abbreviations that a text explains, by the algorithm of A. Schwartz and M. Hearst (2003, "A simple algorithm for
 * identifying abbreviation definitions in biomedical text"): "long form (SHORT)" or "SHORT (long form)", each character
 * of the short form in the long one, in their order, the first at the beginning of a word. Of a short form that is
 * explained twice the first explanation counts.
 */
export function definitionsOf({ text }: Pick<Doc, "text">): Definition[] {
  const found = new Map<string, Definition>();
  for (const match of text.matchAll(BRACKET)) {
    const definition = definitionAt(text, match.index, match[1] as string);
    if (definition && !found.has(definition.short)) found.set(definition.short, definition);
  }
  return [...found.values()];
}

/** Where the short forms of mentions stand in a document, labelled as the mentions that the long forms are. */
export function shortForms(doc: Doc, definitions: readonly Definition[], mentions: readonly Span[]): Span[] {
  const mentionAt = new Map(mentions.map((mention) => [mention.end, mention]));
  const labels = new Map<string, string>();
  for (const { short, start, end } of definitions) {
    const named = mentionAt.get(end);
    if (named && named.start <= start) labels.set(short, named.label);
  }
  if (labels.size === 0) return [];
  const { text, tokens } = doc;
  const found: Span[] = [];
  for (let first = 0; first < tokens.length; first++) {
    const start = tokens.starts[first] as number;
    for (let last = Math.min(tokens.length, first + MOST_TOKENS) - 1; last >= first; last--) {
      const end = tokens.ends[last] as number;
      if (end - start > MOST_CHARACTERS + 1) continue;
      const label = labels.get(text.slice(start, end)) ?? labels.get(singular(text.slice(start, end)));
      if (label === undefined) continue;
      found.push({ start, end, label, kbId: "" });
      first = last;
      break;
    }
  }
  return found;
}

/** "APC" of "APCs". */
export function singular(abbreviation: string): string {
  return abbreviation.endsWith("s") ? abbreviation.slice(0, -1) : abbreviation;
}

function definitionAt(text: string, bracket: number, content: string): Definition | undefined {
  const inside = (content.split(/[;,]/)[0] as string).trim();
  const before = text.slice(Math.max(0, bracket - LONGEST_BRACKET), bracket).trimEnd();
  if (isShortForm(inside)) {
    const end = Math.max(0, bracket - LONGEST_BRACKET) + before.length;
    const long = longForm(inside, lastWords(before, wordsAllowed(inside)));
    if (long !== undefined) return { short: inside, long, start: end - long.length, end };
  }
  const short = /[^\s()[\]]+$/.exec(before)?.[0];
  if (short === undefined || !isShortForm(short) || content.length <= short.length) return undefined;
  if (content.trim().split(/\s+/).length > wordsAllowed(short)) return undefined;
  const long = longForm(short, content.trimEnd());
  if (long === undefined) return undefined;
  const start = text.indexOf(long, bracket);
  return { short, long, start, end: start + long.length };
}

/** Few characters and words, a letter among them, a letter or digit first; not a word in lower case. */
function isShortForm(text: string): boolean {
  const { length } = text;
  if (length < FEWEST_CHARACTERS || length > MOST_CHARACTERS) return false;
  if (text.split(/\s+/).length > MOST_WORDS) return false;
  return LETTER.test(text) && LETTER_OR_DIGIT.test(text[0] as string) && text !== text.toLowerCase();
}

/** Words that a long form has at most. */
function wordsAllowed(short: string): number {
  return Math.min(short.length + 5, 2 * short.length);
}

function lastWords(text: string, count: number): string {
  const words = text.match(/\S+\s*/g) ?? [];
  return words.slice(-count).join("");
}

/**
 * The shortest end of a text that has the characters of a short form, from right to left, the first of them at the
 * beginning of a word.
 */
function longForm(short: string, text: string): string | undefined {
  const [wanted, given] = [short.toLowerCase(), text.toLowerCase()];
  if (given.length !== text.length) return undefined; // a letter that is two in lower case
  let at = given.length - 1;
  for (let s = wanted.length - 1; s >= 0; s--) {
    const character = wanted[s] as string;
    if (!LETTER_OR_DIGIT.test(character)) continue;
    while (at >= 0 && (given[at] !== character || (s === 0 && isInsideWord(given, at)))) at--;
    if (at < 0) return undefined;
    at--;
  }
  const long = text.slice(at + 1);
  return isLongForm(long, short) ? long : undefined;
}

function isInsideWord(text: string, at: number): boolean {
  return at > 0 && LETTER_OR_DIGIT.test(text[at - 1] as string);
}

/** Longer than the short form, and without it among its words. */
function isLongForm(long: string, short: string): boolean {
  return long.length > short.length && !long.split(/[\s-]+/).includes(short);
}
