import type { FeatureGroup } from "./group.js";

/** The same words again, nearer ones counting more: "son of Jesse" tells one David from another only next to the name. */
export const POSITION: FeatureGroup = {
  source: "context",
  features: [
    { name: "adjacent", formula: "log(1 + idf mass of c's terms within 5 tokens)" },
    { name: "decayed", formula: "log(1 + idf mass of c's terms x exp(-distance / 5))" },
    { name: "decayed_left", formula: "the same, left side only" },
    { name: "decayed_right", formula: "the same, right side only" },
    { name: "in_mentions", formula: "log(1 + idf mass of c's terms in the document's other mentions)" },
    { name: "in_near_mentions", formula: "the same x exp(-distance / 5)" },
    {
      name: "bigrams",
      formula: "log(1 + idf mass of neighbouring content words of c that are neighbours around m)",
    },
  ],
  fill: ({ mention, lexicon, evidence, documentEntities }, { values, width, offset }) => {
    const { termIdf } = lexicon;
    const { entities } = mention.candidates;
    for (let c = 0; c < entities.length; c++) {
      const { terms, bigrams } = documentEntities.get(entities[c] as number);
      let adjacent = 0;
      let decayed = 0;
      let left = 0;
      let right = 0;
      let inMentions = 0;
      let nearMentions = 0;
      for (const term of terms) {
        if (evidence.isOwn(term)) continue;
        const idf = termIdf[term] as number;
        const l = evidence.left(term);
        const r = evidence.right(term);
        const nearest = Math.max(l, r);
        left += idf * l;
        right += idf * r;
        decayed += idf * nearest;
        if (evidence.isAdjacent(term)) adjacent += idf;
        if (!evidence.inOtherMention(term)) continue;
        inMentions += idf;
        nearMentions += idf * nearest;
      }
      let inBigrams = 0;
      for (let k = 0; k < bigrams.length; k += 2) {
        const a = bigrams[k] as number;
        const b = bigrams[k + 1] as number;
        if (evidence.hasBigram(a, b)) inBigrams += (termIdf[b] as number) + (termIdf[a] as number);
      }
      const at = c * width + offset;
      values[at] = Math.log1p(adjacent);
      values[at + 1] = Math.log1p(decayed);
      values[at + 2] = Math.log1p(left);
      values[at + 3] = Math.log1p(right);
      values[at + 4] = Math.log1p(inMentions);
      values[at + 5] = Math.log1p(nearMentions);
      values[at + 6] = Math.log1p(inBigrams);
    }
  },
};
