import { Column } from "./columns.js";
import { groupBy, increment, list } from "./csr.js";
import type { InMemoryLookupKB } from "./in-memory-lookup-kb.js";
import { StringTable } from "./string-table.js";

/**
 * Makes each entity a candidate of its own name. A name that is no alias yet becomes one, its entities equally
 * likely. An alias that lacks the entity gets it with what its probabilities leave of 1, but as no likelier
 * than the candidates that it has, because somebody chose those.
 */
export function addNameAliases(kb: InMemoryLookupKB): void {
  const newNames = new StringTable();
  const nameOf = new Column(new Int32Array(0)); // [entities with a new name]
  const entityOf = new Column(new Int32Array(0)); // likewise
  const lackingAlias = new Column(new Int32Array(0)); // [entities that an alias lacks]
  const lackingEntity = new Column(new Int32Array(0)); // likewise
  for (let entity = 0; entity < kb.getSizeEntities(); entity++) {
    const name = kb.name(entity);
    if (name === "") continue;
    const alias = kb.aliasStrings.get(name);
    if (alias < 0) {
      nameOf.push(newNames.add(name));
      entityOf.push(entity);
    } else if (!isCandidate(kb, alias, entity)) {
      lackingAlias.push(alias);
      lackingEntity.push(entity);
    }
  }
  appendLacking(kb, lackingAlias.values, lackingEntity.values);
  const entitiesOf = groupBy(nameOf.values, newNames.size);
  for (let name = 0; name < newNames.size; name++) {
    const ids = Array.from(list(entitiesOf, name), (i) => kb.entityIds.at(entityOf.values[i] as number));
    kb.addAlias(newNames.at(name), ids, new Array<number>(ids.length).fill(1 / ids.length));
  }
}

function isCandidate(kb: InMemoryLookupKB, alias: number, entity: number): boolean {
  const end = kb.candidateEnd(alias);
  for (let i = kb.candidateStart(alias); i < end; i++) if (kb.candidateEntities[i] === entity) return true;
  return false;
}

/** Appends `entities[i]` to `aliases[i]`; an alias that lacks several shares out evenly. */
function appendLacking(kb: InMemoryLookupKB, aliases: Int32Array, entities: Int32Array): void {
  const lacking = new Int32Array(kb.getSizeAliases());
  for (const alias of aliases) increment(lacking, alias);
  const shares = Float64Array.from(aliases, (alias) => share(kb, alias, lacking[alias] as number));
  for (let i = 0; i < aliases.length; i++) {
    const alias = kb.aliasStrings.at(aliases[i] as number);
    kb.appendAlias(alias, kb.entityIds.at(entities[i] as number), shares[i] as number);
  }
}

function share(kb: InMemoryLookupKB, alias: number, newcomers: number): number {
  let left = 1;
  let smallest = 1;
  for (let i = kb.candidateStart(alias); i < kb.candidateEnd(alias); i++) {
    const prior = kb.candidatePriors[i] as number;
    left -= prior;
    smallest = Math.min(smallest, prior);
  }
  return Math.min(smallest, Math.max(0, left) / newcomers);
}
