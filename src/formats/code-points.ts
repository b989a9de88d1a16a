import { linkwrightError } from "../errors.js";
import type { Sentence } from "../text/doc.js";

/** A range of code points -> of UTF-16 code units. `key` is what messages call it. */
export type ToUtf16 = (start: number, end: number, key: string) => Sentence;

/**
 * Turns offsets as Python counts them, in code points, into offsets of UTF-16 code units, end exclusive.
 *
 * utf16Ranges("🍎 Zürich", "a.jsonl:1")(2, 8, "ents[0]");  // => { start: 3, end: 9 }
 *
 * @param where the document, for messages
 * @throws L120 the range is empty or outside of the text
 */
export function utf16Ranges(text: string, where: string): ToUtf16 {
  const starts = startsOfCodePoints(text);
  const length = starts ? starts.length - 1 : text.length;
  return (start, end, key) => {
    if (start < 0 || end <= start || end > length)
      throw linkwrightError("L120", { where, key, start, end, length });
    return starts ? { start: starts[start] as number, end: starts[end] as number } : { start, end };
  };
}

const HIGH_SURROGATE = /[\ud800-\udbff]/;

/** Where each code point begins and the last one ends; undefined when each takes one unit. A lone surrogate is one. */
export function startsOfCodePoints(text: string): readonly number[] | undefined {
  if (!HIGH_SURROGATE.test(text)) return undefined;
  const starts: number[] = [];
  let at = 0;
  for (const character of text) {
    starts.push(at);
    at += character.length;
  }
  starts.push(at);
  return starts;
}
