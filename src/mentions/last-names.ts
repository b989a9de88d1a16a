import type { Doc, Span } from "../text/doc.js";

/** Labels of people, whose last name stands for them. */
const PERSON = /^(?:PER|PERSON|PEOPLE|HUMAN)$/i;
/** No part of a last name. */
const SUFFIX = /^(?:Jr|Sr|I{1,3}|IV|VI{0,3}|PhD|MD|Esq)$/;
/** Capitalised words before a last name that are no first name. */
const TITLE =
  /^(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Sir|Lady|Lord|Dame|President|Chancellor|Minister|Premier|Senator|Sen|Rep|Gov|Governor|Judge|Justice|Mayor|Gen|General|Capt|Captain|Col|Colonel|Sgt|King|Queen|Prince|Princess|Pope|Saint|St|Coach)$/;
const CAPITAL = /^[\p{Lu}\p{Lt}]/u;
const SHORTEST = 3;

/** Words of a document that are the last name of a person whom one of its mentions before named in full. */
export function lastNames(doc: Doc, mentions: readonly Span[]): Span[] {
  const { text, tokens } = doc;
  const word = (i: number): string => text.slice(tokens.starts[i], tokens.ends[i]);
  const labels = new Map<string, string>();
  const found: Span[] = [];
  let next = 0;
  for (let i = 0; i < tokens.length; i++) {
    const [start, end] = [tokens.starts[i] as number, tokens.ends[i] as number];
    while (next < mentions.length && (mentions[next] as Span).end <= start) {
      const span = mentions[next++] as Span;
      const name = PERSON.test(span.label) ? lastName(text.slice(span.start, span.end)) : undefined;
      if (name !== undefined && !labels.has(name)) labels.set(name, span.label);
    }
    if (labels.size === 0 || (next < mentions.length && (mentions[next] as Span).start <= start)) continue;
    const label = CAPITAL.test(word(i)) ? labels.get(word(i).toLowerCase()) : undefined;
    if (label === undefined || hasFirstName(i)) continue;
    found.push({ start, end, label, kbId: "" });
  }
  return found;

  /** Whether it is somebody else's name: "Max Merkel" after "Angela Merkel". */
  function hasFirstName(i: number): boolean {
    if (i === 0 || text.slice(tokens.ends[i - 1], tokens.starts[i]) !== " ") return false;
    const before = word(i - 1);
    return CAPITAL.test(before) && !TITLE.test(before) && !isFirstOfSentence(doc, i - 1);
  }
}

/** A name's last word in lower case, where it has several: "merkel" of "Angela Merkel". */
function lastName(name: string): string | undefined {
  const words = name.match(/[\p{L}\p{M}]+(?:[-'’][\p{L}\p{M}]+)*/gu) ?? [];
  while (words.length > 1 && SUFFIX.test(words.at(-1) as string)) words.pop();
  const last = words.at(-1) as string;
  return words.length > 1 && last.length >= SHORTEST && CAPITAL.test(last) ? last.toLowerCase() : undefined;
}

function isFirstOfSentence(doc: Doc, word: number): boolean {
  const start = doc.tokens.starts[word] as number;
  return doc.sents.some((sentence) => sentence.start === start);
}
