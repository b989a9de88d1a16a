/** A knowledge base that answers later, as one over a network does, with what the tiny one knows. */
import { setTimeout } from "node:timers/promises";
import { Candidate } from "../../src/kb/candidate.js";
import { KnowledgeBase } from "../../src/kb/knowledge-base.js";
import { tinyKb } from "../fixtures.js";

export class TinyRemoteKB extends KnowledgeBase {
  readonly entityVectorLength = 6;
  /** The mentions of each question, in their order. */
  readonly asked: (readonly string[])[] = [];
  private readonly kb = tinyKb();

  override async getCandidates(mention: string): Promise<Candidate[]> {
    this.asked.push([mention]);
    return this.answer(mention);
  }

  override async getCandidatesBatch(mentions: readonly string[]): Promise<Candidate[][]> {
    this.asked.push(mentions);
    return Promise.all(mentions.map((mention) => this.answer(mention)));
  }

  override async containsEntity(id: string): Promise<boolean> {
    return this.kb.containsEntity(id);
  }

  override async getVector(id: string): Promise<Float32Array> {
    return this.kb.getVector(id);
  }

  private async answer(mention: string): Promise<Candidate[]> {
    await setTimeout(1);
    return this.kb.getAliasCandidates(mention).map((own) => {
      const { entity, entity_, entityFreq, entityVector, alias, alias_, priorProb } = own;
      return Candidate.of({
        entity,
        entity_,
        entityFreq,
        entityVector,
        alias,
        alias_,
        priorProb,
        ...own.entityTexts,
      });
    });
  }
}
