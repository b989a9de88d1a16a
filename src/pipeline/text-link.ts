import type { MatchKind } from "../kb/candidate.js";
import type { Reason } from "../linker/decide.js";

/** A candidate with its score and the parts that the scorer tells of. */
export interface TextLinkCandidate {
  readonly kbId: string;
  readonly title: string;
  /** Where it can be read, `""` where that is not known. */
  readonly url: string;
  /** On the scorer's scale. */
  readonly score: number;
  /** P(entity | mention), 0 to 1; by rank where the source knows none. */
  readonly prior: number;
  /** The parts that linkwright's own model tells of, see LinkCandidate. */
  readonly frequency?: number;
  readonly string?: number;
  readonly context?: number;
  readonly match?: MatchKind;
}

/** A mention of a text and what it was linked to. */
export interface TextLink {
  readonly mention: string;
  readonly label: string;
  /** Offset in UTF-16 code units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** The chosen candidate's id, or `"NIL"`. */
  readonly kbId: string;
  /** `""` for NIL. */
  readonly title: string;
  /** `""` for NIL, and where it is not known. */
  readonly url: string;
  /**
   * Of a link its score on the scorer's scale. Of NIL the probability that the best candidate is wrong, 1 where there was
   * none; on other scales the best candidate's score, 0 where there was none.
   */
  readonly score: number;
  readonly reason: Reason;
  /** Ids one of which is meant, best first, where `reason` is "one_of". */
  readonly oneOf?: readonly string[];
  /** Best first. */
  readonly candidates: readonly TextLinkCandidate[];
}

/** The links of one text, in the order of their offsets. The text itself is there too, but not listed or written to JSON. */
export type TextLinks = readonly TextLink[] & { readonly text: string };

export function linksOfText(text: string, links: readonly TextLink[]): TextLinks {
  return Object.defineProperty([...links], "text", {
    value: text,
    enumerable: false,
  }) as unknown as TextLinks;
}
