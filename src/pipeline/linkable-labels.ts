import type { MentionDetector } from "../mentions/mention-detector.js";
import type { Doc, Span } from "../text/doc.js";

/** Labels of mentions that may be names of something; the others of a NER are dates, numbers and amounts. */
export const LINKABLE_LABELS: readonly string[] = [
  "PERSON",
  "ORG",
  "GPE",
  "LOC",
  "FAC",
  "NORP",
  "EVENT",
  "WORK_OF_ART",
];

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
