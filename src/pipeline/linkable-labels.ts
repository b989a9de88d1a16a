import { linkwrightError } from "../errors.js";
import { parseDoc } from "../formats/doc-json.js";
import type { MentionDetector } from "../mentions/mention-detector.js";
import type { Doc, Span } from "../text/doc.js";
import { shownJson } from "../text/shown-json.js";

/** Those of some mentions whose label is among `labels`, or that have none. */
export function linkable(spans: readonly Span[], labels: readonly string[] | null): Span[] {
  return spans.filter(({ label }) => labels === null || label === "" || labels.includes(label));
}

/** The mentions of a document that are worth linking. @throws L102 to L105 a detector that gives what are none */
export async function detectLinkable(
  doc: Doc,
  detector: MentionDetector,
  labels: readonly string[] | null,
): Promise<Span[]> {
  return linkable(checkedSpans(doc, await detector.detect(doc)), labels);
}

/** What messages call the spans of a detector. */
const FOUND = { file: "the detector's spans" };

/** A detector may be anybody's: its spans are looked at as those that callers give, and nothing but the place is taken. */
function checkedSpans({ text }: Doc, found: unknown): Span[] {
  if (!Array.isArray(found)) {
    const [expected, shown] = ["a list of spans", shownJson(found)];
    throw linkwrightError("L102", {
      where: "the detector",
      key: "what detect() gives",
      expected,
      found: shown,
    });
  }
  return parseDoc({ text, ents: found }, FOUND).ents.map(mentionOf);
}

/** A span without a link. */
export function mentionOf({ start, end, label }: Span): Span {
  return { start, end, label, kbId: "" };
}
