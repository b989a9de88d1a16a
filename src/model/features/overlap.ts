import type { FeatureGroup } from "./group.js";

/** Weight that keeps short descriptions from looking fully covered. */
const SMOOTHING = 2;

/** Words that the entity's name and description share with the text, weighed by idf; the mention's own words left out. */
export const OVERLAP: FeatureGroup = {
  source: "context",
  features: [
    { name: "in_sentence", formula: "log(1 + idf mass of c's terms in the sentence)" },
    { name: "in_window", formula: "the same within 32 tokens" },
    { name: "in_document", formula: "the same in the document" },
    { name: "share_in_sentence", formula: "idf mass in the sentence / (idf mass of c + 2)" },
    { name: "share_in_window", formula: "the same within 32 tokens" },
    { name: "share_in_document", formula: "the same in the document" },
    { name: "name_in_sentence", formula: "share of c's name words that stand in the sentence beside m" },
    { name: "name_in_document", formula: "c's name, other than m, stands in the document" },
  ],
  fill: ({ mention, lexicon, evidence, document, documentEntities }, { values, width, offset }) => {
    const { termIdf } = lexicon;
    const { entities } = mention.candidates;
    const surface = mention.surface.toLowerCase();
    for (let c = 0; c < entities.length; c++) {
      const entity = documentEntities.get(entities[c] as number);
      const { terms, nameTerms, nameTermsThere, lowerName } = entity;
      const mass = entity.mass + SMOOTHING;
      let inSentence = 0;
      let inWindow = 0;
      let inDocument = 0;
      let nameInSentence = 0;
      for (let k = 0; k < terms.length; k++) {
        const term = terms[k] as number;
        if (evidence.isOwn(term)) continue;
        const idf = termIdf[term] as number;
        inDocument += idf;
        if (evidence.inWindow(term)) inWindow += idf;
        if (!evidence.inSentence(term)) continue;
        inSentence += idf;
        if (k < nameTermsThere) nameInSentence++;
      }
      const isNameThere = nameTermsThere === nameTerms && lowerName.length > 3 && lowerName !== surface;
      const at = c * width + offset;
      values[at] = Math.log1p(inSentence);
      values[at + 1] = Math.log1p(inWindow);
      values[at + 2] = Math.log1p(inDocument);
      values[at + 3] = inSentence / mass;
      values[at + 4] = inWindow / mass;
      values[at + 5] = inDocument / mass;
      values[at + 6] = nameTerms > 0 ? nameInSentence / nameTerms : 0;
      values[at + 7] = isNameThere && document.contains(lowerName) ? 1 : 0;
    }
  },
};
