import type { FeatureGroup } from "./group.js";

/** What training mentions of the same name and of the same entities say; a document never sees its own. */
export const MEMORY: FeatureGroup = {
  source: "context",
  features: [
    {
      name: "share_of_name",
      formula:
        "(training mentions of the name that are c + 0.3 prior) / (training mentions of the name + 0.3)",
    },
    { name: "seen_as", formula: "log(1 + training mentions of the name that are c)" },
    { name: "name_seen", formula: "log(1 + training mentions of the name)" },
    { name: "entity_seen", formula: "log(1 + training mentions of c)" },
    {
      name: "nil_share",
      formula: "training mentions of the name that are NIL / (training mentions of the name + 1)",
    },
    { name: "nearest", formula: "3 x highest tf-idf cosine of the context with a training context of c" },
    { name: "centre", formula: "6 x mean of these cosines" },
    {
      name: "vote",
      formula: "share of c among the name's training contexts, each weighed by exp(12 x cosine)",
    },
    { name: "nil_vote", formula: "the same share of NIL" },
    {
      name: "neighbours",
      formula: "sum over the words beside m of log(P(word there | c, name) / P(word there | name))",
    },
    { name: "nearby_words", formula: "the same over the content words around m" },
    { name: "nil_neighbours", formula: "neighbours of NIL" },
    { name: "nil_nearby_words", formula: "nearby_words of NIL" },
    {
      name: "entity_neighbours",
      formula: "sum over the words beside m of log(1 + training contexts of c, under any name, with it)",
    },
  ],
  fill: ({ mention, memory }, { values, width, offset }) => {
    if (!memory) return;
    const { entities, priors } = mention.candidates;
    const seen = memory.nameMentions;
    const nilShare = memory.answers(-1) / (seen + 1);
    const nilVote = memory.vote(memory.nil);
    const nilNeighbours = memory.beside(memory.nil);
    const nilWords = memory.around(memory.nil);
    for (let c = 0; c < entities.length; c++) {
      const entity = entities[c] as number;
      const count = memory.answers(entity);
      memory.enterEntity(entity);
      const at = c * width + offset;
      values[at] = (count + 0.3 * (priors[c] as number)) / (seen + 0.3);
      values[at + 1] = Math.log1p(count);
      values[at + 2] = Math.log1p(seen);
      values[at + 3] = Math.log1p(memory.entityMentions(entity));
      values[at + 4] = nilShare;
      values[at + 5] = 3 * memory.nearest;
      values[at + 6] = 6 * memory.centre;
      values[at + 7] = memory.vote(c);
      values[at + 8] = nilVote;
      values[at + 9] = memory.beside(c);
      values[at + 10] = memory.around(c);
      values[at + 11] = nilNeighbours;
      values[at + 12] = nilWords;
      values[at + 13] = memory.neighbours;
    }
  },
};
