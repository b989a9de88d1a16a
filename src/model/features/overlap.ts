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
  fill: ({ mention, kb, lexicon, evidence, document }, { values, width, offset }) => {
    const { offsets, entityTerms, nameTermCount } = kb.terms;
    const { entities } = mention.candidates;
    for (let c = 0; c < entities.length; c++) {
      const entity = entities[c] as number;
      const from = offsets[entity] as number;
      const to = offsets[entity + 1] as number;
      const nameEnd = from + (nameTermCount[entity] as number);
      let total = 0;
      let inSentence = 0;
      let inWindow = 0;
      let inDocument = 0;
      let nameInSentence = 0;
      let nameOutside = 0;
      for (let k = from; k < to; k++) {
        const term = entityTerms[k] as number;
        const idf = lexicon.termIdf[term] as number;
        total += idf;
        if (!evidence.inDocument(term)) {
          if (k < nameEnd) nameOutside++;
          continue;
        }
        if (evidence.isOwn(term)) continue;
        inDocument += idf;
        if (evidence.inWindow(term)) inWindow += idf;
        if (!evidence.inSentence(term)) continue;
        inSentence += idf;
        if (k < nameEnd) nameInSentence++;
      }
      const at = c * width + offset;
      values[at] = Math.log1p(inSentence);
      values[at + 1] = Math.log1p(inWindow);
      values[at + 2] = Math.log1p(inDocument);
      values[at + 3] = inSentence / (total + SMOOTHING);
      values[at + 4] = inWindow / (total + SMOOTHING);
      values[at + 5] = inDocument / (total + SMOOTHING);
      values[at + 6] = nameEnd > from ? nameInSentence / (nameEnd - from) : 0;
      if (nameOutside > 0) continue;
      const name = kb.name(entity).toLowerCase();
      const isOther = name.length > 3 && name !== mention.surface.toLowerCase();
      values[at + 7] = isOther && document.contains(name) ? 1 : 0;
    }
  },
};
