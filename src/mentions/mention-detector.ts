import type { Doc, Span } from "../text/doc.js";

/** Finds the mentions of a text that are worth linking. */
export interface MentionDetector {
  /** Spans in the order of their offsets, none inside another, without links. */
  detect(doc: Doc): Span[] | Promise<Span[]>;
}
