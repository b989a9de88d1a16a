import { checkOptions } from "../../known-options.js";
import { NIL } from "../../text/doc.js";
import type { TextLink, TextLinkCandidate } from "../text-link.js";
import { escapeHtml, linkHtml } from "./html-text.js";
import { type LinkedText, linkedTexts, type Renderable } from "./linked-text.js";
import { PAGE_STYLE } from "./page-style.js";
import { partsText, reasonText, scoreText } from "./reason-text.js";
import { type Segment, segmentsOf } from "./segments.js";

export interface RenderHtmlOptions {
  /** @default "Links" */
  readonly title?: string | undefined;
}

/**
 * One page that needs nothing else: the texts with their mentions marked; a mention tells its link, score and reason on
 * hover and focus, and its candidates when it is clicked. It has no script, and none of it reaches the network.
 *
 *     await writeFile("links.html", renderHtml(await linker.link(text)));
 *
 * @param result what `link` gave, or a list of that for several texts
 * @throws L828 links whose text is not known
 */
export function renderHtml(
  result: Renderable | readonly Renderable[],
  options: RenderHtmlOptions = {},
): string {
  checkOptions("renderHtml()", options, ["title"]);
  const title = escapeHtml(options.title ?? "Links");
  const texts = linkedTexts(result).map((linked, t) => textHtml(linked, `t${t}`));
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<h1>${title}</h1>
${texts.join("\n")}
</body>
</html>
`;
}

function textHtml(linked: LinkedText, id: string): string {
  const segments = segmentsOf(linked);
  const marked = segments.map((segment, s) => segmentHtml(segment, `${id}s${s}`)).join("");
  const panels = segments.map((segment, s) => panelHtml(segment, `${id}s${s}`)).join("");
  const none = linked.links.length === 0 ? '<p class="none">no mentions found</p>\n' : "";
  return `<div class="text">${marked}</div>\n${none}${panels}`;
}

/** A stretch of text; where a mention covers it a button that opens the candidates. */
function segmentHtml({ text, links }: Segment, id: string): string {
  const [first] = links;
  if (!first) return escapeHtml(text);
  const tips = links.map((link) => `<span>${tipHtml(link)}</span>`).join("");
  return (
    `<span class="place"><button type="button" class="mention ${kindOf(first)}" popovertarget="${id}" ` +
    `aria-describedby="${id}tip">${escapeHtml(text)}</button>` +
    `<span class="tip" role="tooltip" id="${id}tip">${tips}</span></span>`
  );
}

function kindOf({ kbId, reason }: TextLink): string {
  if (reason === "one_of") return "one_of";
  return kbId === NIL ? "nil" : "linked";
}

function tipHtml(link: TextLink): string {
  const { kbId, title, mention } = link;
  const target = kbId === NIL ? "no link" : title === "" || title === kbId ? kbId : `${title} (${kbId})`;
  return `<bdi>${escapeHtml(mention)}</bdi> → <bdi>${escapeHtml(target)}</bdi>: ${escapeHtml(reasonText(link))}`;
}

/** What opens when a stretch of text is clicked: each mention there with its candidates. */
function panelHtml({ links }: Segment, id: string): string {
  if (links.length === 0) return "";
  return `<div popover id="${id}">${links.map(linkPanelHtml).join("")}</div>\n`;
}

function linkPanelHtml(link: TextLink): string {
  const { mention, label, kbId, title, url, candidates } = link;
  const target = kbId === NIL ? "no link" : linkHtml(title || kbId, url);
  const rows = candidates.map((candidate) => candidateHtml(candidate, candidate.kbId === kbId)).join("");
  const table = `<table><tr><th scope="col">candidate</th><th scope="col">score</th></tr>${rows}</table>`;
  return (
    `<h2><bdi>${escapeHtml(mention)}</bdi> <span class="label">${escapeHtml(label)}</span> → ${target}</h2>` +
    `<p class="why">${escapeHtml(reasonText(link))}</p>${rows === "" ? "" : table}`
  );
}

function candidateHtml(candidate: TextLinkCandidate, isChosen: boolean): string {
  const { kbId, title, url, score } = candidate;
  const id =
    title === kbId || title === "" ? "" : ` <span class="label"><bdi>${escapeHtml(kbId)}</bdi></span>`;
  return (
    `<tr${isChosen ? ' class="chosen"' : ""}><td>${linkHtml(title || kbId, url)}${id}` +
    `<br><span class="parts">${escapeHtml(partsText(candidate))}</span></td><td>${scoreText(score)}</td></tr>`
  );
}
