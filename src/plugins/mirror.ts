import { linkwrightError } from "../errors.js";
import type { Candidate } from "../kb/candidate.js";
import { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { KnowledgeBase } from "../kb/knowledge-base.js";

/**
 * A knowledge base in memory with what another one answered, so that the model has rows to work on. Aliases are the
 * candidates' own, with the entities of all answers that name them.
 * @param answers candidates of some mentions
 * @param ids entities of which nothing more is known
 * @throws L516 a candidate that can't be stored
 */
export function mirrorOf(
  kb: KnowledgeBase,
  answers: Iterable<readonly Candidate[]>,
  ids: Iterable<string>,
): InMemoryLookupKB {
  const mirror = new InMemoryLookupKB({ entityVectorLength: kb.entityVectorLength });
  const byAlias = new Map<string, Map<string, number>>();
  for (const candidates of answers) {
    for (const candidate of candidates) {
      addEntity(mirror, kb, candidate);
      const { alias_, entity_, priorProb } = candidate;
      const priors = byAlias.get(alias_) ?? new Map<string, number>();
      byAlias.set(alias_, priors.set(entity_, Math.max(priorProb, priors.get(entity_) ?? 0)));
    }
  }
  for (const [alias, priors] of byAlias) addAlias(mirror, alias, priors);
  for (const id of ids) if (!mirror.containsEntity(id)) mirror.addEntity(id);
  return mirror;
}

function addEntity(mirror: InMemoryLookupKB, kb: KnowledgeBase, candidate: Candidate): void {
  const { entity_: id, entityFreq: freq = 0, entityVector: vector, entityTexts } = candidate;
  const { name = id, description = "", type = "" } = entityTexts ?? {};
  if (mirror.containsEntity(id)) return;
  try {
    mirror.addEntity(id, { freq, name, description, type, ...(vector?.length && { vector }) });
  } catch (cause) {
    const why = (cause as Error).message.replace(/\.$/, "");
    throw linkwrightError("L516", { kb: kb.constructor.name, candidate: JSON.stringify(id), why }, cause);
  }
}

/** Priors of a look-up that is not exact may sum to more than 1; those of an alias may not. */
function addAlias(mirror: InMemoryLookupKB, alias: string, priors: ReadonlyMap<string, number>): void {
  if (!alias) return;
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
