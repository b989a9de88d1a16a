import type { MentionDetector } from "../mentions/mention-detector.js";
import type { Span } from "../text/doc.js";

/** Finds given names as written, whole words, wherever they stand; of names that overlap the longest. */
export function namedMentions(names: Iterable<string>): MentionDetector {
  const sorted = [...new Set(names)].filter((name) => name !== "").sort((a, b) => b.length - a.length);
  const pattern = sorted.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const WORD = "[\\p{L}\\p{N}\\p{M}_]";
  const expression = new RegExp(`(?<!${WORD})(?:${pattern})(?!${WORD})`, "gu");
  return {
    detect: ({ text }) => {
      if (sorted.length === 0) return [];
      return Array.from(text.matchAll(expression), ({ index, 0: found }): Span => {
        return { start: index, end: index + found.length, label: "", kbId: "" };
      });
    },
  };
}
