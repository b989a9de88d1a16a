import { COLLOCATIONS } from "../surroundings.js";
import type { TrainMemory } from "../train-memory.js";
import type { FeatureGroup, MentionView } from "./group.js";

/** Sharpness with which the most similar contexts outvote the others. */
const VOTE_SHARPNESS = 12;
/** Contexts of an entity, under any name, that are compared with. */
const CONTEXTS_AN_ENTITY = 24;

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
  fill: (view, { values, width, offset }) => {
    const { mention, memory, own } = view;
    if (!memory) return;
    const { key, candidates } = mention;
    const seen = memory.mentions(key, own);
    const nilShare = memory.answers(key, -1, own) / (seen + 1);
    const ofName = compareWithName(view, memory);
    const nilVote = ofName.votes[ofName.nil] as number;
    const nilNeighbours = ofName.beside(ofName.nil);
    const nilWords = ofName.around(ofName.nil);
    for (let c = 0; c < candidates.entities.length; c++) {
      const entity = candidates.entities[c] as number;
      const count = memory.answers(key, entity, own);
      const ofEntity = compareWithEntity(view, memory, entity);
      const at = c * width + offset;
      values[at] = (count + 0.3 * (candidates.priors[c] as number)) / (seen + 0.3);
      values[at + 1] = Math.log1p(count);
      values[at + 2] = Math.log1p(seen);
      values[at + 3] = Math.log1p(memory.entityMentions(entity, own));
      values[at + 4] = nilShare;
      values[at + 5] = 3 * ofEntity.nearest;
      values[at + 6] = 6 * ofEntity.centre;
      values[at + 7] = ofName.votes[c] as number;
      values[at + 8] = nilVote;
      values[at + 9] = ofName.beside(c);
      values[at + 10] = ofName.around(c);
      values[at + 11] = nilNeighbours;
      values[at + 12] = nilWords;
      values[at + 13] = ofEntity.neighbours;
    }
  },
};

interface NameEvidence {
  /** Of each candidate, of NIL, of all others. */
  readonly votes: Float64Array;
  /** The place of NIL. */
  readonly nil: number;
  /** What the words beside the mention, and those around it, say for the answer at a place. */
  readonly beside: (place: number) => number;
  readonly around: (place: number) => number;
}

/** The contexts in which training text had the same name, by what it meant there. */
function compareWithName({ mention, own, query, bayes }: MentionView, memory: TrainMemory): NameEvidence {
  const { entities } = mention.candidates;
  const nil = entities.length;
  const others = nil + 1;
  const votes = new Float64Array(others + 1);
  bayes.reset(query.features, others + 1);
  let allVotes = 0;
  for (const context of memory.contextsOf(mention.key)) {
    if (memory.isOwn(context, own)) continue;
    const answer = memory.answerOf(context);
    const slot = answer < 0 ? nil : placeIn(entities, answer);
    const cosine = query.compare(memory, context);
    bayes.addContext(slot, query);
    const vote = Math.exp(VOTE_SHARPNESS * cosine);
    votes[slot] = (votes[slot] as number) + vote;
    allVotes += vote;
  }
  if (allVotes > 0) for (let i = 0; i < votes.length; i++) votes[i] = (votes[i] as number) / allVotes;
  const beside = (answer: number): number => bayes.logRatio(answer, 0, COLLOCATIONS.length);
  const around = (answer: number): number => bayes.logRatio(answer, COLLOCATIONS.length, query.features);
  return { votes, nil, beside, around };
}

/** The place of an entity among candidates; after NIL's, which follows theirs, where it is none of them. */
function placeIn(entities: Int32Array, entity: number): number {
  for (let c = 0; c < entities.length; c++) if (entities[c] === entity) return c;
  return entities.length + 1;
}

interface EntityEvidence {
  readonly nearest: number;
  readonly centre: number;
  readonly neighbours: number;
}

/** The contexts in which training text had the same entity, under any name. */
function compareWithEntity({ own, query }: MentionView, memory: TrainMemory, entity: number): EntityEvidence {
  let nearest = 0;
  let sum = 0;
  let contexts = 0;
  const shared = new Float64Array(COLLOCATIONS.length);
  for (const context of memory.contextsOfAny(entity)) {
    // Counted without the document's own: else a full list would tell which entity has one context less, the gold.
    if (contexts === CONTEXTS_AN_ENTITY) break;
    if (memory.isOwn(context, own)) continue;
    const cosine = query.compare(memory, context);
    for (let i = 0; i < query.sharedCount && (query.shared[i] as number) < shared.length; i++) {
      const feature = query.shared[i] as number;
      shared[feature] = (shared[feature] as number) + 1;
    }
    nearest = Math.max(nearest, cosine);
    sum += cosine;
    contexts++;
  }
  let neighbours = 0;
  for (const count of shared) neighbours += Math.log1p(count);
  return { nearest, centre: sum / (contexts + 1), neighbours };
}
