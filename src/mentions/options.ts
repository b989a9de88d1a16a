import type { MatchKind } from "../kb/candidate.js";

/** Ways to find mentions: the knowledge base's names, the package compromise, or what the caller gives. */
export const DETECTOR_NAMES = ["gazetteer", "compromise", "spans"] as const;
export type DetectorName = (typeof DETECTOR_NAMES)[number];

/** Labels of what is worth linking, where nothing else is said: names of things, not dates and numbers. */
export const LINKABLE_LABELS = [
  "PERSON",
  "ORG",
  "GPE",
  "LOC",
  "FAC",
  "NORP",
  "EVENT",
  "WORK_OF_ART",
] as const;

/** How mentions are found. */
export interface MentionOptions {
  /** @default "gazetteer" */
  readonly detector: DetectorName;
  /**
   * Labels that are worth linking; what has another label is dropped before candidates are sought.
   * @default null: LINKABLE_LABELS for a detector with labels of its own, for the gazetteer all types of its knowledge base
   */
  readonly linkableLabels: readonly string[] | null;
  /** Look-ups by which names are found beside the exact one; of them `normalised` and `plural` count here. */
  readonly paths: readonly Exclude<MatchKind, "exact">[];
}

export const MENTION_DEFAULTS: MentionOptions = {
  detector: "gazetteer",
  linkableLabels: null,
  paths: ["normalised", "plural"],
};
