import type { Doc } from "../text/doc.js";
import type { LinkCandidate } from "./predict.js";

/** A candidate with keys as in files. */
export function candidateToJson({ kbId, ...rest }: LinkCandidate): object {
  return { kb_id: kbId, ...rest };
}

/** What {@link candidateToJson} gave. */
export function candidateFromJson({ kb_id, ...rest }: { readonly kb_id: string }): LinkCandidate {
  return { kbId: kb_id, ...rest } as LinkCandidate;
}

/** Makes a linked document's candidates ready to be written, or leaves them out. */
export function candidatesToJson(doc: Doc, wanted: boolean): Doc {
  for (const span of doc.ents) {
    if (wanted) span.candidates = ((span.candidates ?? []) as LinkCandidate[]).map(candidateToJson);
    else delete span.candidates;
  }
  return doc;
}
