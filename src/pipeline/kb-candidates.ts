import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { CandidateSource } from "../kb/text-candidate.js";
import { findCandidates } from "../linker/candidates.js";
import { CANDIDATE_DEFAULTS, type CandidateOptions } from "../linker/options.js";
import { Doc } from "../text/doc.js";

export interface KbCandidatesOptions extends Partial<CandidateOptions> {
  /** Where an entity can be read. @default nowhere */
  readonly urlOf?: ((kbId: string) => string) | undefined;
}

/** A knowledge base in memory as a source of candidates: those that its look-ups find, with name, description and prior. */
export function kbCandidates(kb: InMemoryLookupKB, options: KbCandidatesOptions = {}): CandidateSource {
  const { urlOf = () => "", ...own } = options;
  const lookUps = { ...CANDIDATE_DEFAULTS, ...own };
  return {
    candidates: async (mentions) =>
      mentions.map((mention) => {
        const doc = new Doc(mention, { ents: [{ start: 0, end: mention.length }] });
        const { entities, priors } = findCandidates(doc, kb, lookUps)[0]?.candidates ?? NONE;
        return Array.from(entities, (entity, i) => {
          const id = kb.entityIds.at(entity);
          const prior = Math.min(1, priors[i] as number);
          return { id, title: kb.name(entity), url: urlOf(id), text: kb.description(entity), prior };
        });
      }),
  };
}

const NONE = { entities: new Int32Array(0), priors: new Float32Array(0) };
