import type { Doc } from "../text/doc.js";

/** How the words of a sentence are written: as in running text, each with a capital, or in capitals. */
export type Shape = "running" | "title" | "capitals";

/** Share of a sentence's words that make it a title or one in capitals. */
const MOST = 0.8;
const FEWEST_TITLE_WORDS = 4;
/** Shorter words are often in lower case in titles. */
const SHORTEST_TITLE_WORD = 4;
const CAPITAL = /^[\p{Lu}\p{Lt}]/u;
const SMALL = /\p{Ll}/u;
/** What a new beginning follows: opening quotes and brackets, colons, dashes, signs of a list. */
const BEGINS_AFTER = /[:“„«‹([{"'‘—–•*|>]\s*$/u;
const LOOK_BACK = 3;

/** How the sentences of a document are written, and which of its words are common ones there. */
export class SentenceShapes {
  private readonly shapes: (Shape | undefined)[] = [];
  /** Index of the first word of each sentence, and of the one behind the last. */
  private readonly firstWords: Int32Array;
  private words: { readonly small: Set<string>; readonly names: Set<string> } | undefined;
  private sentence = 0;

  constructor(private readonly doc: Doc) {
    const { sents, tokens } = doc;
    this.firstWords = new Int32Array(sents.length + 1);
    let word = 0;
    sents.forEach(({ start }, s) => {
      while (word < tokens.length && (tokens.starts[word] as number) < start) word++;
      this.firstWords[s] = word;
    });
    this.firstWords[sents.length] = tokens.length;
  }

  /** How the sentence of a word is written. */
  shapeAt(word: number): Shape {
    const sentence = this.sentenceOf(word);
    this.shapes[sentence] ??= this.shapeOf(sentence);
    return this.shapes[sentence] as Shape;
  }

  /** Whether any word would have a capital here: at a beginning, in a title, in capitals. */
  expectsCapital(word: number): boolean {
    const isFirst = this.firstWords[this.sentenceOf(word)] === word;
    if (isFirst || this.shapeAt(word) !== "running") return true;
    const start = this.doc.tokens.starts[word] as number;
    return BEGINS_AFTER.test(this.doc.text.slice(Math.max(0, start - LOOK_BACK), start));
  }

  /** Whether the document has a word in lower case, and never with a capital where that means a name. */
  isCommonHere(lower: string): boolean {
    this.words ??= this.collectWords();
    return this.words.small.has(lower) && !this.words.names.has(lower);
  }

  /** Whether the document has a word with a capital where that means a name. */
  isNameHere(lower: string): boolean {
    this.words ??= this.collectWords();
    return this.words.names.has(lower);
  }

  /** Words are asked for from left to right, so that the search is short. */
  private sentenceOf(word: number): number {
    const { firstWords } = this;
    while ((firstWords[this.sentence] as number) > word) this.sentence--;
    while (this.sentence + 2 < firstWords.length && (firstWords[this.sentence + 1] as number) <= word) {
      this.sentence++;
    }
    return this.sentence;
  }

  private shapeOf(sentence: number): Shape {
    let [all, capitals, long, titled] = [0, 0, 0, 0];
    for (let word = this.firstWords[sentence] ?? 0; word < (this.firstWords[sentence + 1] ?? 0); word++) {
      const surface = this.surface(word);
      const [hasSmall, hasCapital] = [SMALL.test(surface), CAPITAL.test(surface)];
      if (!hasSmall && !hasCapital) continue;
      all++;
      if (!hasSmall) capitals++;
      if (surface.length < SHORTEST_TITLE_WORD) continue;
      long++;
      if (hasCapital) titled++;
    }
    if (all > 0 && capitals >= MOST * all && (all > 1 || long > 0)) return "capitals";
    return long >= FEWEST_TITLE_WORDS && titled >= MOST * long ? "title" : "running";
  }

  private collectWords(): { readonly small: Set<string>; readonly names: Set<string> } {
    const small = new Set<string>();
    const names = new Set<string>();
    for (let word = 0; word < this.doc.tokens.length; word++) {
      const surface = this.surface(word);
      if (!CAPITAL.test(surface)) small.add(surface);
      else if (!this.expectsCapital(word)) names.add(surface.toLowerCase());
    }
    return { small, names };
  }

  private surface(word: number): string {
    const { tokens, text } = this.doc;
    return text.slice(tokens.starts[word], tokens.ends[word]);
  }
}
