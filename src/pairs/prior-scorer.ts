import { linkwrightError } from "../errors.js";
import type { PairScorer } from "./pair-scorer.js";

/**
 * Takes the candidate that the mention means most often, and reads nothing: what every other scorer has to beat.
 * Its `score` throws L829 for a pair without a prior.
 */
export function priorScorer(): PairScorer {
  return {
    name: "prior",
    scale: "probability",
    threshold: 0,
    score: async (pairs) =>
      pairs.map(({ prior, mention, title }) => {
        if (prior === undefined) throw linkwrightError("L829", { mention, title });
        return prior;
      }),
  };
}
