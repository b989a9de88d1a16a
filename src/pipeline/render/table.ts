import type { TextLink } from "../text-link.js";
import { reasonText, scoreText } from "./reason-text.js";
import { visible } from "./visible.js";

/** Links for people, a line each: mention, id, score, and what it is or why there is none. */
export function tableOf(links: readonly TextLink[]): string {
  const rows = links.map((link) => {
    const { mention, kbId, title, url, score, reason } = link;
    const why = oneLine(reasonText(link));
    const told =
      reason === "linked"
        ? [oneLine(title), oneLine(url), why].filter((part) => part !== "").join("  ")
        : why;
    return [oneLine(mention), oneLine(kbId), scoreText(score), told] as const;
  });
  const width = (column: 0 | 1 | 2): number => Math.max(...rows.map((row) => row[column].length));
  return rows
    .map(([mention, id, score, told]) => {
      return `${mention.padEnd(width(0))}  ${id.padEnd(width(1))}  ${score.padStart(width(2))}  ${told}\n`;
    })
    .join("");
}

function oneLine(text: string): string {
  return visible(text.replaceAll(/\s+/g, " "));
}
