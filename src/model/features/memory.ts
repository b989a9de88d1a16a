import type { FeatureGroup } from "./group.js";

/** Sharpness with which the most similar contexts outvote the others. */
const VOTE_SHARPNESS = 12;

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
  ],
  fill: ({ mention, memory, own, query }, { values, width, offset }) => {
    if (!memory) return;
    const { key, candidates } = mention;
    const seen = memory.mentions(key, own);
    const nilShare = memory.answers(key, -1, own) / (seen + 1);
    const votes = new Map<number, number>();
    let allVotes = 0;
    memory.eachOfName(key, query, own, (entity, cosine) => {
      const vote = Math.exp(VOTE_SHARPNESS * cosine);
      votes.set(entity, (votes.get(entity) ?? 0) + vote);
      allVotes += vote;
    });
    const share = (entity: number): number => (allVotes === 0 ? 0 : (votes.get(entity) ?? 0) / allVotes);
    for (let c = 0; c < candidates.entities.length; c++) {
      const entity = candidates.entities[c] as number;
      const count = memory.answers(key, entity, own);
      let nearest = 0;
      let sum = 0;
      let contexts = 0;
      memory.eachOfEntity(entity, query, own, (cosine) => {
        nearest = Math.max(nearest, cosine);
        sum += cosine;
        contexts++;
      });
      const at = c * width + offset;
      values[at] = (count + 0.3 * (candidates.priors[c] as number)) / (seen + 0.3);
      values[at + 1] = Math.log1p(count);
      values[at + 2] = Math.log1p(seen);
      values[at + 3] = Math.log1p(memory.entityMentions(entity, own));
      values[at + 4] = nilShare;
      values[at + 5] = 3 * nearest;
      values[at + 6] = (6 * sum) / (contexts + 1);
      values[at + 7] = share(entity);
      values[at + 8] = share(-1);
    }
  },
};
