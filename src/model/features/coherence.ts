import type { FeatureGroup } from "./group.js";

/** Agreement with what the document's other mentions may mean. */
export const COHERENCE: FeatureGroup = {
  source: "context",
  features: [
    { name: "with_document", formula: "log(1 + sum of idf x log(1 + other names' votes)) over c's terms" },
    {
      name: "with_neighbours",
      formula: "log(1 + sum of idf x vote of mentions within 120 characters) over c's terms",
    },
    { name: "share_with_document", formula: "with_document before the log / (idf mass of c + 1)" },
    { name: "elsewhere", formula: "prior mass of c as a candidate of other names in the document" },
    { name: "longer_name", formula: "c is a candidate of a longer mention that contains m" },
  ],
  fill: ({ mention, kb, lexicon, evidence, coherence, documentEntities }, { values, width, offset }) => {
    const { offsets, entityTerms } = kb.terms;
    const { entities } = mention.candidates;
    for (let c = 0; c < entities.length; c++) {
      const entity = entities[c] as number;
      let withDocument = 0;
      let withNeighbours = 0;
      for (let k = offsets[entity] as number; k < (offsets[entity + 1] as number); k++) {
        const term = entityTerms.at(k);
        const votes = coherence.ofDocument(term);
        if (votes <= 0 || evidence.isOwn(term)) continue;
        const idf = lexicon.termIdf[term] as number;
        withDocument += idf * Math.log1p(votes);
        withNeighbours += idf * coherence.ofNeighbours(term);
      }
      const at = c * width + offset;
      values[at] = Math.log1p(withDocument);
      values[at + 1] = Math.log1p(withNeighbours);
      values[at + 2] = withDocument / (documentEntities.get(entity).mass + 1);
      values[at + 3] = coherence.ofEntity(entity);
      values[at + 4] = coherence.isOfLongerName(entity) ? 1 : 0;
    }
  },
};
