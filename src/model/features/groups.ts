import { COHERENCE } from "./coherence.js";
import type { Feature, FeatureGroup } from "./group.js";
import { MEMORY } from "./memory.js";
import { OVERLAP } from "./overlap.js";
import { POSITION } from "./position.js";
import { FREQUENCY, MATCH, PRIOR } from "./prior.js";
import { SHAPE } from "./shape.js";
import { STRINGS } from "./strings.js";

/** Every group of features by its name in a config. */
export const FEATURE_GROUPS = {
  prior: PRIOR,
  frequency: FREQUENCY,
  match: MATCH,
  strings: STRINGS,
  shape: SHAPE,
  overlap: OVERLAP,
  position: POSITION,
  coherence: COHERENCE,
  memory: MEMORY,
} as const satisfies Record<string, FeatureGroup>;

export type FeatureGroupName = keyof typeof FEATURE_GROUPS;

export const FEATURE_GROUP_NAMES = Object.keys(FEATURE_GROUPS) as FeatureGroupName[];

/** One column of a feature row. */
export interface FeatureColumn extends Feature {
  readonly group: FeatureGroupName;
  /** The column that this one measures against its best value among the candidates. */
  readonly relativeTo?: number;
}

/** The columns of a feature row: the groups' features, then, if wanted, each once more minus its best among the candidates. */
export function featureColumns(groups: readonly FeatureGroupName[], relative: boolean): FeatureColumn[] {
  const plain = groups.flatMap((group) =>
    FEATURE_GROUPS[group].features.map((feature): FeatureColumn => ({ ...feature, group })),
  );
  if (!relative) return plain;
  const compared = plain.flatMap(({ name, group }, column): FeatureColumn[] => {
    const { perMention = false }: FeatureGroup = FEATURE_GROUPS[group];
    if (perMention) return [];
    return [
      {
        name: `${name}_minus_best`,
        formula: `${name} - its best among the candidates`,
        group,
        relativeTo: column,
      },
    ];
  });
  return [...plain, ...compared];
}
