import { ContextQuery } from "../context-query.js";
import type { DocumentView } from "../document-view.js";
import type { Mention } from "../mention.js";
import { NaiveBayes } from "../naive-bayes.js";
import { COLLOCATIONS, COLLOCATIONS_AMONG } from "../surroundings.js";
import type { OwnShare, TrainMemory } from "../train-memory.js";
import type { Vocabulary } from "../vocabulary.js";

/** Sharpness with which the most similar contexts outvote the others. */
const VOTE_SHARPNESS = 12;
/** Contexts of an entity, under any name, that are compared with. */
const CONTEXTS_AN_ENTITY = 24;

/** What training mentions of a mention's name and of its candidates say; one scratch, refilled for every mention. */
export class MemoryEvidence {
  /** Training mentions of the name. */
  nameMentions = 0;
  /** Place of NIL among the answers: behind the candidates. */
  nil = 0;
  /** Of the entity that was entered last: highest and mean cosine with its contexts, and what stands beside them too. */
  nearest = 0;
  centre = 0;
  neighbours = 0;
  private readonly query: ContextQuery;
  private readonly bayes = new NaiveBayes();
  /** Row of the name, -1 for one that training never had. */
  private name = -1;
  private own: OwnShare | undefined;
  private key = "";
  /** Share of each answer: candidates, NIL, all others. */
  private votes = new Float64Array(0);
  /** What comparisons with contexts found: an entity's contexts are mostly the name's too. // [contexts] */
  private readonly cosines: Float64Array;
  private readonly neighbourSets: Uint8Array;
  /** Contexts of the entity that share a collocation. // [collocations] */
  private readonly sharing = new Float64Array(COLLOCATIONS.length);

  constructor(
    private readonly memory: TrainMemory,
    vocabulary: Vocabulary,
  ) {
    this.query = new ContextQuery(vocabulary, memory.columns);
    const contexts = memory.columns.contextPair.length;
    this.cosines = new Float64Array(contexts);
    this.neighbourSets = new Uint8Array(contexts);
  }

  /** @param own what the mention's document itself added to the memory, while it trains */
  enterMention(view: DocumentView, mention: Mention, own: OwnShare | undefined): void {
    const { memory } = this;
    this.own = own;
    this.key = mention.key;
    this.name = memory.name(mention.key);
    this.nameMentions = memory.mentions(this.name) - (own?.mentions(mention.key) ?? 0);
    this.nil = mention.candidates.entities.length;
    this.query.fill(view, mention);
    this.compareWithName(mention.candidates.entities);
  }

  /** Training mentions of the name that are an entity; -1 is NIL. */
  answers(entity: number): number {
    return this.memory.answers(this.name, entity) - (this.own?.answers(this.key, entity) ?? 0);
  }

  /** Training mentions of an entity under any name. */
  entityMentions(entity: number): number {
    return this.memory.entityMentions(entity) - (this.own?.entity(entity) ?? 0);
  }

  /** Share of an answer among the name's contexts, the more similar ones counting more. */
  vote(answer: number): number {
    return this.votes[answer] as number;
  }

  /** What the words beside the mention say for an answer. */
  beside(answer: number): number {
    return this.bayes.logRatio(answer, 0, COLLOCATIONS.length);
  }

  /** What the content words around the mention say for an answer. */
  around(answer: number): number {
    return this.bayes.logRatio(answer, COLLOCATIONS.length, this.query.features);
  }

  /** Takes in the contexts in which training text had an entity, under any name. */
  enterEntity(entity: number): void {
    const { memory, sharing, cosines, neighbourSets } = this;
    sharing.fill(0);
    let nearest = 0;
    let sum = 0;
    let contexts = 0;
    for (const context of memory.contextsOfAny(entity)) {
      // Counted without the document's own: else a full list would tell which entity has one context less, the gold.
      if (contexts === CONTEXTS_AN_ENTITY) break;
      if (memory.isOwn(context, this.own)) continue;
      if (memory.nameOf(context) !== this.name) this.compare(context);
      for (const collocation of COLLOCATIONS_AMONG[neighbourSets[context] as number] as readonly number[])
        sharing[collocation] = (sharing[collocation] as number) + 1;
      nearest = Math.max(nearest, cosines[context] as number);
      sum += cosines[context] as number;
      contexts++;
    }
    this.nearest = nearest;
    this.centre = sum / (contexts + 1);
    this.neighbours = 0;
    for (const count of sharing) this.neighbours += Math.log1p(count);
  }

  /** The contexts in which training text had the same name, by what it meant there. */
  private compareWithName(candidates: Int32Array): void {
    const { memory, query, bayes, nil } = this;
    const answers = nil + 2;
    if (this.votes.length < answers) this.votes = new Float64Array(2 * answers);
    const { votes } = this;
    votes.fill(0, 0, answers);
    bayes.reset(query.features, answers);
    let allVotes = 0;
    for (const context of memory.contextsOf(this.name)) {
      if (memory.isOwn(context, this.own)) continue;
      const entity = memory.answerOf(context);
      const answer = entity < 0 ? nil : placeIn(candidates, entity);
      this.compare(context);
      bayes.addContext(answer, query);
      const vote = Math.exp(VOTE_SHARPNESS * query.cosine);
      votes[answer] = (votes[answer] as number) + vote;
      allVotes += vote;
    }
    if (allVotes > 0) for (let i = 0; i < answers; i++) votes[i] = (votes[i] as number) / allVotes;
  }

  private compare(context: number): void {
    const { query } = this;
    query.compare(context);
    this.cosines[context] = query.cosine;
    this.neighbourSets[context] = query.neighbours;
  }
}

/** The place of an entity among candidates; after NIL's, which follows theirs, where it is none of them. */
function placeIn(entities: Int32Array, entity: number): number {
  for (let c = 0; c < entities.length; c++) if (entities[c] === entity) return c;
  return entities.length + 1;
}
