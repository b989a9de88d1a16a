import type { Link } from "../linker/predict.js";
import { NIL } from "../text/doc.js";

/**
 * Least probability of a link where priors come from ranks. A model learns how often a name stands for nothing from its
 * knowledge base; that a search finds the right page is more likely, so that there only the threshold decides.
 */
export const FOUND_BY_SEARCH = 0.2;

/** A link as the threshold alone decides it, among the same candidates. */
export function decidedByThreshold(link: Link, least: number): Link {
  const [best] = link.candidates;
  if (!best || link.reason === "discarded") return link;
  const { oneOf: _, ...rest } = link;
  return best.score >= least
    ? { ...rest, kbId: best.kbId, score: best.score, reason: "linked" }
    : { ...rest, kbId: NIL, score: 1 - best.score, reason: "below_threshold" };
}
