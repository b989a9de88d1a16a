import { renderHtml } from "../pipeline/render/html.js";
import { linkedTextToJson } from "../pipeline/render/json.js";
import { tableOf } from "../pipeline/render/table.js";
import type { TextLink, TextLinks } from "../pipeline/text-link.js";

export const LINK_FORMATS = ["table", "json", "jsonl", "html"] as const;
export type LinkFormat = (typeof LINK_FORMATS)[number] | "links";

/** Links as the command prints them, text by text where the format has a line a text, else all at the end. */
export async function* printed(texts: AsyncIterable<TextLinks>, format: LinkFormat): AsyncGenerator<string> {
  if (format === "html" || format === "json") {
    const all: TextLinks[] = [];
    for await (const links of texts) all.push(links);
    yield format === "html" ? renderHtml(all) : `${JSON.stringify(all.map(linkedTextToJson), null, 2)}\n`;
    return;
  }
  for await (const links of texts) yield lineOf(links, format);
}

function lineOf(links: TextLinks, format: "table" | "jsonl" | "links"): string {
  if (format === "jsonl") return `${JSON.stringify(linkedTextToJson(links))}\n`;
  if (format === "links") return `${JSON.stringify(links.map(linkOnly))}\n`;
  return links.length === 0 ? "no mentions found\n" : tableOf(links);
}

/** A link as `--json` prints it: the knowledge base's words for things, and no addresses. */
function linkOnly({ mention, start, end, label, kbId, score, reason, oneOf, candidates }: TextLink): object {
  return {
    mention,
    start,
    end,
    label,
    kb_id: kbId,
    score,
    reason,
    ...(oneOf && { one_of: oneOf }),
    candidates: candidates.map(({ kbId: kb_id, title: name, url: _url, score: own, ...parts }) => {
      return { kb_id, name, ...parts, score: own };
    }),
  };
}
