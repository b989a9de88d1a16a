import { COHERENCE } from "./coherence.js";
import type { Feature, FeatureGroup } from "./group.js";
import { MEMORY } from "./memory.js";
import { OVERLAP } from "./overlap.js";
import { POSITION } from "./position.js";
import { FREQUENCY, MATCH, PRIOR } from "./prior.js";
import { STRINGS } from "./strings.js";

/** Every group of features by its name in a config. */
export const FEATURE_GROUPS = {
  prior: PRIOR,
  frequency: FREQUENCY,
  match: MATCH,
  strings: STRINGS,
  overlap: OVERLAP,
  position: POSITION,
  coherence: COHERENCE,
  memory: MEMORY,
} as const satisfies Record<string, FeatureGroup>;

export type FeatureGroupName = keyof typeof FEATURE_GROUPS;

export const FEATURE_GROUP_NAMES = Object.keys(FEATURE_GROUPS) as FeatureGroupName[];

/** The features of some groups, in the order of their columns. */
export function listFeatures(groups: readonly FeatureGroupName[]): (Feature & { group: FeatureGroupName })[] {
  return groups.flatMap((group) => FEATURE_GROUPS[group].features.map((feature) => ({ ...feature, group })));
}
