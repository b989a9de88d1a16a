import type { TextLink, TextLinkCandidate } from "../text-link.js";

/** A score in two digits; no more are worth reading. */
export function scoreText(score: number): string {
  return score.toFixed(2);
}

/** Why a mention has its link or none, in words. */
export function reasonText({ reason, kbId, score, oneOf, candidates }: TextLink): string {
  const [best] = candidates;
  switch (reason) {
    case "linked": {
      const next = candidates.find((candidate) => candidate.kbId !== kbId);
      const rival = next ? `, next ${next.title} ${scoreText(next.score)}` : ", the only candidate";
      return `best of ${candidates.length}: ${scoreText(score)}${rival}`;
    }
    case "one_of":
      return `one of ${(oneOf ?? []).join(", ")}`;
    case "below_threshold":
      return best
        ? `no link is sure enough, best ${best.title} ${scoreText(best.score)}`
        : "no link is sure enough";
    case "no_candidates":
      return "no candidates";
    case "discarded":
      return "its label is not linked";
    case "kept":
      return "was linked before";
  }
}

/** The parts of a candidate's score: "prior 0.50, context 0.31". */
export function partsText({ prior, string, context, match }: TextLinkCandidate): string {
  const parts = [
    `prior ${scoreText(prior)}`,
    ...(context === undefined ? [] : [`context ${scoreText(context)}`]),
    ...(string === undefined ? [] : [`name ${scoreText(string)}`]),
    ...(match === undefined || match === "exact" ? [] : [`found by ${match.replaceAll("_", " ")}`]),
  ];
  return parts.join(", ");
}
