import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { DocMentions } from "../model/featurizer.js";
import { NIL } from "../text/doc.js";

/** What the annotation says of a mention, seen from its candidates. */
export const GOLD_NIL = -1;
/** In the knowledge base, but not among the candidates. */
export const GOLD_MISSED = -2;
export const NOT_ANNOTATED = -3;
/** In the knowledge base, and maybe a candidate before the list was cut: no evidence for NIL, and so not trained on. */
export const GOLD_CUT_OFF = -4;

/** Whether a gold says which of the candidates is right, or that none is. */
export const isEvidence = (place: number): boolean => place >= GOLD_MISSED;

export interface GoldOptions {
  /** Candidates kept of a mention: a list of so many may have been cut. */
  readonly maxCandidates: number;
}

/** For each mention the place of its gold among its candidates, or one of the codes above. [N] */
export function goldPlaces(
  docs: readonly DocMentions[],
  kb: InMemoryLookupKB,
  { maxCandidates }: GoldOptions,
): Int32Array {
  const places: number[] = [];
  for (const { mentions } of docs) {
    for (const { span, candidates } of mentions) {
      if (span.kbId === "") places.push(NOT_ANNOTATED);
      else {
        const entity = span.kbId === NIL ? -1 : kb.entityIds.get(span.kbId);
        const place = entity < 0 ? GOLD_NIL : candidates.entities.indexOf(entity);
        const isMissed = entity >= 0 && place < 0;
        const isCut = isMissed && candidates.entities.length >= maxCandidates;
        places.push(isCut ? GOLD_CUT_OFF : isMissed ? GOLD_MISSED : place);
      }
    }
  }
  return Int32Array.from(places);
}
