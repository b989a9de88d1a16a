import { linkwrightError } from "../errors.js";
import type { Candidate } from "../kb/candidate.js";
import { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { KnowledgeBase } from "../kb/knowledge-base.js";

/**
 * A knowledge base in memory with what another one answered, so that the model has rows to work on. Aliases are the
 * candidates' own; the first answer that names one gives its entities.
 * @param answers candidates of some mentions
 * @param ids entities of which nothing more is known
 * @throws L516 an answer that makes no sense
 */
export function mirrorOf(
  kb: KnowledgeBase,
  answers: Iterable<readonly Candidate[]>,
  ids: Iterable<string>,
): InMemoryLookupKB {
  const mirror = new InMemoryLookupKB({ entityVectorLength: kb.entityVectorLength });
  for (const candidates of answers) {
    const byAlias = new Map<string, Map<string, number>>();
    for (const candidate of candidates) {
      addEntity(mirror, kb, candidate);
      const { alias_, entity_, priorProb } = candidate;
      const priors = byAlias.get(alias_) ?? new Map<string, number>();
      byAlias.set(alias_, priors.set(entity_, Math.max(priorProb, priors.get(entity_) ?? 0)));
    }
    for (const [alias, priors] of byAlias) addAlias(mirror, alias, priors);
  }
  for (const id of ids) if (!mirror.containsEntity(id)) mirror.addEntity(id);
  return mirror;
}

function addEntity(mirror: InMemoryLookupKB, kb: KnowledgeBase, candidate: Candidate): void {
  const { entity_: id, priorProb, entityFreq: freq = 0, entityVector: vector, entityTexts } = candidate;
  const refuse = (why: string, cause?: unknown): never => {
    const found = typeof id === "string" ? JSON.stringify(id) : String(id);
    throw linkwrightError("L516", { kb: kb.constructor.name, candidate: found, why }, cause);
  };
  if (!(priorProb >= 0 && priorProb <= 1)) refuse(`its priorProb is ${priorProb}, expected 0 to 1`);
  if (mirror.containsEntity(id)) return;
  try {
    mirror.addEntity(id, { freq, ...entityTexts, ...(vector?.length && { vector }) });
  } catch (cause) {
    refuse((cause as Error).message.replace(/\.$/, ""), cause);
  }
}

/** Priors of a look-up that is not exact may sum to more than 1; those of an alias may not. */
function addAlias(mirror: InMemoryLookupKB, alias: string, priors: ReadonlyMap<string, number>): void {
  if (!alias || mirror.containsAlias(alias)) return;
  const sum = Math.max(
    1,
    [...priors.values()].reduce((a, b) => a + b, 0),
  );
  mirror.addAlias(
    alias,
    [...priors.keys()],
    [...priors.values()].map((prior) => prior / sum),
  );
}
