import { linkwrightError } from "../../errors.js";
import { shownJson } from "../../text/shown-json.js";
import type { TextLink, TextLinks } from "../text-link.js";

/** A text with its links, in one object. */
export interface LinkedText {
  readonly text: string;
  readonly links: readonly TextLink[];
}

/** What `link` gave, the same of several texts, or texts with their links. */
export type Renderable = TextLinks | LinkedText;

/** The texts of what is to be shown. @throws L828 links whose text is not known */
export function linkedTexts(result: Renderable | readonly Renderable[]): LinkedText[] {
  const isList = Array.isArray(result) && !("text" in result);
  return (isList ? (result as readonly Renderable[]) : [result as Renderable]).map(linkedText);
}

function linkedText(result: Renderable): LinkedText {
  const links = Array.isArray(result) ? result : (result as Partial<LinkedText> | undefined)?.links;
  const text = (result as Partial<LinkedText> | undefined)?.text;
  if (typeof text !== "string" || !Array.isArray(links)) {
    throw linkwrightError("L828", { found: shownJson(result) });
  }
  return { text, links };
}
