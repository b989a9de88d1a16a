import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { type Hit, labelOf } from "./gazetteer.js";

/** What a knowledge base says of a name. */
export interface NameFacts {
  /** Type of its likeliest entity. */
  readonly label: string;
  readonly bestPrior: number;
  /** Of the priors, in nats. */
  readonly entropy: number;
  readonly candidates: number;
  /** Of the candidate that is meant most often. */
  readonly frequency: number;
  /** Whether it is the main name of a candidate. */
  readonly isMainName: boolean;
}

/**
 * What a knowledge base says of the names that are found in texts. Each is asked for once, as thousands of entities may share
 * one: so this lives as long as the knowledge base stays as it is.
 */
export class KnownNames {
  /** By surface: the same one is always found as the same alias. */
  private readonly facts = new Map<string, NameFacts>();

  constructor(private readonly kb: InMemoryLookupKB) {}

  /** @param surface the hit's text */
  get({ alias }: Pick<Hit, "alias">, surface: string): NameFacts {
    let facts = this.facts.get(surface);
    if (!facts) {
      facts = this.read(alias, surface);
      this.facts.set(surface, facts);
    }
    return facts;
  }

  private read(alias: number, surface: string): NameFacts {
    const { kb } = this;
    const { candidateEntities, candidatePriors, freq } = kb;
    const [from, to] = [kb.candidateStart(alias), kb.candidateEnd(alias)];
    let [bestPrior, entropy, frequency] = [0, 0, 0];
    let isMainName = false;
    for (let i = from; i < to; i++) {
      const [prior, entity] = [candidatePriors[i] as number, candidateEntities[i] as number];
      bestPrior = Math.max(bestPrior, prior);
      if (prior > 0) entropy -= prior * Math.log(prior);
      frequency = Math.max(frequency, freq[entity] as number);
      isMainName ||= kb.name(entity) === surface;
    }
    return { label: labelOf(alias, kb), bestPrior, entropy, candidates: to - from, frequency, isMainName };
  }
}
