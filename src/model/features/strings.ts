import type { DocumentEntity } from "./document-entities.js";
import type { Evidence } from "./evidence.js";
import type { FeatureGroup } from "./group.js";

/** The mention's words against the entity's name. */
export const STRINGS: FeatureGroup = {
  source: "strings",
  features: [
    { name: "same_name", formula: "m is c's name" },
    { name: "same_name_any_case", formula: "m is c's name but for case" },
    { name: "name_similarity", formula: "Jaccard of the character trigrams of m and c's name" },
    { name: "mention_in_name", formula: "every word of m is in c's name" },
    { name: "name_in_mention", formula: "every word of c's name is in m" },
  ],
  fill: ({ mention, evidence, documentEntities }, { values, width, offset }) => {
    const { surface } = mention;
    const lower = surface.toLowerCase();
    const { entities } = mention.candidates;
    for (let c = 0; c < entities.length; c++) {
      const at = c * width + offset;
      const entity = documentEntities.get(entities[c] as number);
      const { name, lowerName } = entity;
      values[at] = surface === name ? 1 : 0;
      values[at + 1] = lower === lowerName ? 1 : 0;
      values[at + 2] = lower === lowerName ? 1 : documentEntities.nameLikeness(entity, surface);
      const shared = sharedNameTerms(entity, evidence);
      values[at + 3] = evidence.ownWords > 0 && shared === evidence.ownWords ? 1 : 0;
      values[at + 4] = shared > 0 && shared === entity.nameTerms ? 1 : 0;
    }
  },
};

/** How many different words of the entity's name are words of the mention. */
function sharedNameTerms({ terms, nameTermsThere }: DocumentEntity, evidence: Evidence): number {
  let shared = 0;
  for (let k = 0; k < nameTermsThere; k++) if (evidence.isOwn(terms[k] as number)) shared++;
  return shared;
}
