import { linkwrightError } from "../errors.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { CandidateSource, TextCandidate } from "../kb/text-candidate.js";
import { checkOptions } from "../known-options.js";
import { findCandidates } from "../linker/candidates.js";
import { CANDIDATE_DEFAULTS } from "../linker/options.js";
import { Doc } from "../text/doc.js";

export interface KbSourceOptions {
  /** Candidates of a mention at most. @default 20 */
  readonly limit?: number | undefined;
  /** Where an entity can be read. @default nowhere */
  readonly urlOf?: ((kbId: string) => string) | undefined;
}

/**
 * A knowledge base in memory as a source of candidates: those that a linker's look-ups find, best prior first.
 *
 * const [zurich] = await kbSource(kb).candidates(["Zurich"]);
 * // => [{ id: "Q72", title: "Zürich", url: "", text: "city on a lake in Switzerland", prior: 0.95 }]
 *
 * Its `candidates` throws L220 for what is no text, and the signal's reason.
 * @throws L001
 */
export function kbSource(kb: InMemoryLookupKB, options: KbSourceOptions = {}): CandidateSource {
  checkOptions("kbSource()", options, ["limit", "urlOf"]);
  const { limit = CANDIDATE_DEFAULTS.maxCandidates, urlOf = () => "" } = options;
  return {
    candidates: async (mentions, { signal } = {}) => {
      signal?.throwIfAborted();
      return mentions.map((mention) => textCandidates(kb, mention, { limit, urlOf }));
    },
  };
}

function textCandidates(
  kb: InMemoryLookupKB,
  mention: string,
  { limit, urlOf }: Required<{ [Key in keyof KbSourceOptions]: NonNullable<KbSourceOptions[Key]> }>,
): TextCandidate[] {
  if (typeof mention !== "string")
    throw linkwrightError("L220", { found: JSON.stringify(mention) ?? "nothing" });
  const doc = new Doc(mention, { ents: [{ start: 0, end: mention.length }] });
  const [found] = findCandidates(doc, kb, { ...CANDIDATE_DEFAULTS, maxCandidates: limit });
  const { entities, priors } = found?.candidates ?? NONE;
  return Array.from(entities, (entity, i) => {
    const id = kb.entityIds.at(entity);
    const prior = Math.min(1, priors[i] as number);
    return { id, title: kb.name(entity) || id, url: urlOf(id), text: kb.description(entity), prior };
  });
}

const NONE = { entities: new Int32Array(0), priors: new Float32Array(0) };
