import type { MentionDetector } from "../mentions/mention-detector.js";
import type { Doc, Span } from "../text/doc.js";

/** Those of some mentions whose label is among `labels`, or that have none. */
export function linkable(spans: readonly Span[], labels: readonly string[] | null): Span[] {
  return spans.filter(({ label }) => labels === null || label === "" || labels.includes(label));
}

/** The mentions of a document that are worth linking. */
export async function detectLinkable(
  doc: Doc,
  detector: MentionDetector,
  labels: readonly string[] | null,
): Promise<Span[]> {
  return linkable(await detector.detect(doc), labels);
}
