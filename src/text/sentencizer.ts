/** Character range of a sentence, end exclusive, without the white space around it. */
export interface Sentence {
  readonly start: number;
  readonly end: number;
}

/**
 * The sentences of a text by rules, in order and without overlap; only white space lies outside of them.
 *
 * A line end always ends a sentence. So do `.`, `!`, `?` and their like before white space, unless the text goes on
 * in lower case, or the dot belongs to an abbreviation, an initial or a list number. Linear in the text's length:
 * around each mark only a bounded number of characters is looked at.
 */
export function sentencize(text: string): Sentence[] {
  const sentences: Sentence[] = [];
  let start = nextNonSpace(text, 0);
  let from = start;
  while (start < text.length) {
    BREAK.lastIndex = from;
    const match = BREAK.exec(text);
    if (match === null) {
      sentences.push({ start, end: text.trimEnd().length });
      break;
    }
    from = match.index + match[0].length;
    if (endsSentence(text, start, match)) {
      sentences.push({ start, end: start + text.slice(start, from).trimEnd().length });
      start = nextNonSpace(text, from);
      from = start;
    }
  }
  return sentences;
}

const LINE_END = /^[\n\r\u2028\u2029]/;
/** A line end, or marks that may end a sentence with the quotes, brackets and note numbers that close after them. */
const BREAK = /[\n\r\u2028\u2029]|[.!?…。！？｡؟।॥۔]{1,64}(?:["'”’)\]»›」』]|\[\d{1,3}\]){0,8}/g;
/** Marks that no white space follows in their scripts. */
const FULL_WIDTH = /^[。！？｡]/;
const NON_SPACE = /\S/g;

/** How far the rules look back for an abbreviation and ahead for the next word. */
const LOOK_BACK = 16;
const LOOK_AHEAD = 24;
const LAST_WORD = /[\p{L}\p{M}\p{N}.]+$/u;
const NEXT_WORD = /^["'“”‘’«‹„¿¡([{—–-]*([\p{L}\p{M}\p{N}]*)(\.?)/u;
/** What cannot begin a sentence: a lower-case letter or a mark that goes on. */
const GOES_ON = /^["'“”‘’«‹„¿¡([{—–-]*(?:\p{Ll}|[,;:.!?)\]}])/u;

function endsSentence(text: string, sentenceStart: number, { 0: mark, index }: RegExpExecArray): boolean {
  if (LINE_END.test(mark) || FULL_WIDTH.test(mark)) return true;
  const end = index + mark.length;
  const next = nextNonSpace(text, end);
  if (next === text.length) return true;
  if (next === end) return false;
  const ahead = text.slice(next, next + LOOK_AHEAD);
  if (GOES_ON.test(ahead)) return false;
  return mark !== "." || !isAbbreviation(text, sentenceStart, index, ahead);
}

/** Whether the dot at `index` belongs to the word before it rather than to the sentence. */
function isAbbreviation(text: string, sentenceStart: number, index: number, ahead: string): boolean {
  const word = LAST_WORD.exec(text.slice(Math.max(sentenceStart, index - LOOK_BACK), index))?.[0];
  if (word === undefined) return false;
  if (LIST_NUMBER.test(word)) return index - word.length === sentenceStart;
  const [, following = "", dot] = NEXT_WORD.exec(ahead) ?? [];
  const lower = word.toLowerCase();
  if (BEFORE_NAME.has(lower)) return word[0] !== lower[0];
  if (BEFORE_NUMBER.has(lower)) return NUMBER.test(following);
  if (INITIALS.test(word) || ALSO_LAST.has(lower)) return dot === "." || !OPENERS.has(following);
  return false;
}

const LIST_NUMBER = /^\d{1,3}$/;
/** A number, Roman ones but the word `I` too. */
const NUMBER = /^(?:\p{N}|(?!I$)[IVXLC]+$)/u;
/** `J`, `U.S`, `e.g`, `Ph.D`. */
const INITIALS = /^(?:\p{L}\p{M}*\p{L}?\.)*\p{L}\p{M}*$/u;

/** Titles: capitalised, always before a name. */
const BEFORE_NAME = words(
  "adm attn brig capt cdr cmdr col comdr cpl cpt dr fr gen gov hon lieut lt maj messrs mlle mme mr mrs ms msgr mx",
  "pres prof rep reps rev sen sens sgt supt treas",
);
/** Abbreviations only where a number follows. */
const BEFORE_NUMBER = words(
  "no nos nr vol vols pp fig figs eq eqs sec secs ch chap art jan feb mar apr jun jul aug sep sept oct nov dec",
);
/** May also end a sentence; then one of `OPENERS` begins the next. */
const ALSO_LAST = words(
  "al approx assn ave ba bldg blvd bros ca cf co corp dept dist div ed eds est etc ext ft inc jr llc ltd mfg mt mts",
  "ph.d rd ser sq sr st ste sts univ viz vs",
);
/** Capitalised words that are far likelier to begin a sentence than to go on with a name. */
const OPENERS = words(
  "A After All Also Although An And As At Because Before Both But By Despite During Each Even Every For From Had Has",
  "He Her Here His How However I If In It Its Later Many Meanwhile Most My No Nor Not On One Or Our Other Others She",
  "Since So Some Still Such That The Their Then There These They This Those Though Through Thus To Under Until We Were",
  "What When Where Whether Which While Who Why With You Your",
);

function words(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(" ")));
}

/** Offset of the first character at `from` or after it that is not white space; the text's length when there is none. */
function nextNonSpace(text: string, from: number): number {
  NON_SPACE.lastIndex = from;
  return NON_SPACE.exec(text)?.index ?? text.length;
}
