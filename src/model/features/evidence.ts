import { type DocumentView, tokenAt } from "../document-view.js";
import type { Mention } from "../mention.js";

/** Tokens on each side that count as the window, and the farthest that a sentence is followed. */
const WINDOW = 32;
const SENTENCE_REACH = 60;
/** Tokens on each side that position features see, and how their weight falls. */
const NEAR = 24;
/** exp(-distance / 5), by distance. */
const DECAY = Float64Array.from({ length: NEAR }, (_, distance) => Math.exp(-distance / 5));
const ADJACENT = 5;
const BIGRAM_REACH = 12;
/** Words rarer than this (idf) make bigrams. */
export const CONTENT_IDF = 1.2;

/** Of an Int32Array. */
const LARGEST_SERIAL = 2 ** 31 - 1;

const SENTENCE_BIT = 1;
const WINDOW_BIT = 2;
const ADJACENT_BIT = 4;
const OWN_BIT = 8;

/** Where the terms of the knowledge base stand around a mention; one scratch, refilled for every mention. */
export class Evidence {
  /** Different words of the mention itself, those that no description has too. */
  ownWords = 0;
  private readonly documentStamp: Int32Array;
  private readonly mentionStamp: Int32Array;
  private readonly bits: Uint8Array;
  private readonly leftWeight: Float32Array;
  private readonly rightWeight: Float32Array;
  /** Mentions of the document whose surface has the term. */
  private readonly surfaceCount: Uint16Array;
  /** Terms of the content words around the mention and of its own, in their order; -1 for words that are none. */
  private readonly content: number[] = [];
  private documentSerial = 0;
  private mentionSerial = 0;

  constructor(terms: number) {
    this.documentStamp = new Int32Array(terms);
    this.mentionStamp = new Int32Array(terms);
    this.bits = new Uint8Array(terms);
    this.leftWeight = new Float32Array(terms);
    this.rightWeight = new Float32Array(terms);
    this.surfaceCount = new Uint16Array(terms);
  }

  /** Takes in a document, before its mentions. */
  enterDocument(view: DocumentView, mentions: readonly Mention[]): void {
    this.documentSerial = nextSerial(this.documentSerial, this.documentStamp);
    for (const term of view.terms) {
      if (term < 0) continue;
      this.documentStamp[term] = this.documentSerial;
      this.surfaceCount[term] = 0;
    }
    const counted = new Set<string>();
    for (const { key, span } of mentions) {
      if (counted.has(key)) continue;
      counted.add(key);
      for (const term of new Set(termsOf(view, span.start, span.end))) {
        if (term >= 0) this.surfaceCount[term] = (this.surfaceCount[term] as number) + 1;
      }
    }
  }

  /** Takes in one mention of the document. */
  enterMention(view: DocumentView, { start, end }: { readonly start: number; readonly end: number }): void {
    this.mentionSerial = nextSerial(this.mentionSerial, this.mentionStamp);
    this.ownWords = 0;
    const first = tokenAt(view.starts, start);
    const past = tokenAt(view.starts, end);
    this.markContext(view, first, past);
    this.markOwn(view, first, past);
    this.collectContent(view, first, past);
  }

  isOwn(term: number): boolean {
    return this.mentionStamp[term] === this.mentionSerial && ((this.bits[term] as number) & OWN_BIT) !== 0;
  }
  inDocument(term: number): boolean {
    return this.documentStamp[term] === this.documentSerial;
  }
  inSentence(term: number): boolean {
    return this.has(term, SENTENCE_BIT);
  }
  inWindow(term: number): boolean {
    return this.has(term, WINDOW_BIT);
  }
  isAdjacent(term: number): boolean {
    return this.has(term, ADJACENT_BIT);
  }
  /** exp(-distance / 5) of the nearest occurrence to the left, 0 when there is none near. */
  left(term: number): number {
    return this.mentionStamp[term] === this.mentionSerial ? (this.leftWeight[term] as number) : 0;
  }
  right(term: number): number {
    return this.mentionStamp[term] === this.mentionSerial ? (this.rightWeight[term] as number) : 0;
  }
  /** Whether another name in the document has the term. */
  inOtherMention(term: number): boolean {
    return this.inDocument(term) && (this.surfaceCount[term] as number) > 0;
  }
  /** Whether two terms stand next to each other, or with one word between, around the mention. */
  hasBigram(a: number, b: number): boolean {
    const { content } = this;
    if (this.mentionStamp[a] !== this.mentionSerial) return false; // most: it is not even near
    for (let i = 0; i < content.length; i++) {
      if (content[i] === a && (content[i + 1] === b || content[i + 2] === b)) return true;
    }
    return false;
  }

  private has(term: number, bit: number): boolean {
    return this.mentionStamp[term] === this.mentionSerial && ((this.bits[term] as number) & bit) !== 0;
  }

  private touch(term: number): void {
    if (this.mentionStamp[term] === this.mentionSerial) return;
    this.mentionStamp[term] = this.mentionSerial;
    this.bits[term] = 0;
    this.leftWeight[term] = 0;
    this.rightWeight[term] = 0;
  }

  private markOwn({ terms, doc }: DocumentView, first: number, past: number): void {
    const { norms } = doc.tokens;
    for (let i = first; i < past; i++) {
      const term = terms[i] as number;
      if (norms.indexOf(norms[i] as string, first) === i) this.ownWords++;
      if (term < 0) continue;
      this.touch(term);
      this.bits[term] = (this.bits[term] as number) | OWN_BIT;
    }
  }

  /** The window, and as much of the mention's sentence as is within reach. */
  private markContext({ terms, sentences }: DocumentView, first: number, past: number): void {
    const sentence = sentences[Math.min(first, sentences.length - 1)] as number;
    let from = Math.max(0, first - WINDOW);
    while (from > 0 && from > first - SENTENCE_REACH && sentences[from - 1] === sentence) from--;
    let to = Math.min(terms.length, past + WINDOW);
    while (to < terms.length && to < past + SENTENCE_REACH && sentences[to] === sentence) to++;
    for (let i = from; i < to; i++) {
      const term = terms[i] as number;
      if (term < 0) continue;
      const isLeft = i < first;
      const isInside = !isLeft && i < past;
      const distance = isLeft ? first - 1 - i : Math.max(0, i - past);
      let bits = sentences[i] === sentence ? SENTENCE_BIT : 0;
      if (distance < WINDOW) bits |= WINDOW_BIT;
      if (distance < ADJACENT && !isInside) bits |= ADJACENT_BIT;
      this.touch(term);
      this.bits[term] = (this.bits[term] as number) | bits;
      if (isInside || distance >= NEAR) continue;
      const side = isLeft ? this.leftWeight : this.rightWeight;
      side[term] = Math.max(side[term] as number, DECAY[distance] as number);
    }
  }

  private collectContent(view: DocumentView, first: number, past: number): void {
    const { content } = this;
    let count = 0;
    const to = Math.min(view.terms.length, past + BIGRAM_REACH);
    for (let i = Math.max(0, first - BIGRAM_REACH); i < to; i++) {
      const inside = i >= first && i < past;
      if (inside || (view.idf[i] as number) >= CONTENT_IDF) content[count++] = view.terms[i] as number;
    }
    content.length = count;
  }
}

/** The number by which the next document or mention marks its terms; marks begin anew where numbers end. */
export function nextSerial(serial: number, stamps: Int32Array): number {
  if (serial < LARGEST_SERIAL) return serial + 1;
  stamps.fill(0);
  return 1;
}

function termsOf(view: DocumentView, start: number, end: number): Int32Array {
  return view.terms.subarray(tokenAt(view.starts, start), tokenAt(view.starts, end));
}
