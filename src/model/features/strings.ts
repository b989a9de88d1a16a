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
    let trigrams: Float64Array | undefined; // most candidates have the very name
    const { entities } = mention.candidates;
    for (let c = 0; c < entities.length; c++) {
      const at = c * width + offset;
      const entity = documentEntities.get(entities[c] as number);
      const { name, lowerName } = entity;
      values[at] = surface === name ? 1 : 0;
      values[at + 1] = lower === lowerName ? 1 : 0;
      if (lower === lowerName) values[at + 2] = 1;
      else {
        trigrams ??= trigramsOf(lower);
        values[at + 2] = jaccard(trigrams, trigramsOf(lowerName));
      }
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

/** The different trigrams of a name, each as one number, in ascending order. */
function trigramsOf(lower: string): Float64Array {
  const padded = `  ${lower} `;
  const codes = new Float64Array(padded.length - 2);
  for (let i = 0; i < codes.length; i++) {
    codes[i] = (padded.charCodeAt(i) * 65536 + padded.charCodeAt(i + 1)) * 65536 + padded.charCodeAt(i + 2);
  }
  codes.sort();
  let kept = 0;
  for (let i = 0; i < codes.length; i++) if (codes[i] !== codes[i - 1]) codes[kept++] = codes[i] as number;
  return codes.subarray(0, kept);
}

/** @param a,b ascending */
function jaccard(a: Float64Array, b: Float64Array): number {
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const difference = (a[i] as number) - (b[j] as number);
    if (difference === 0) shared++;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return shared / (a.length + b.length - shared);
}
