import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Discount } from "../linker/candidates.js";
import { makeRandom } from "../model/random.js";
import type { Doc } from "../text/doc.js";

/** How often the new prior favours the gold, and by how much; as priors do that were counted on much text. */
const FAVOURED = 0.9;
const FAVOUR = 6;
/** Strength at which a prior is one half. */
const HALF = 1;
/** Frequencies are drawn log-uniformly up to e^6; those of golds are e^2 times as high. */
const LOG_FREQUENCY = 6;
const LOG_FAVOUR = 2;

/**
 * Priors and frequencies of a document, drawn anew: as if other people had counted them. A model for knowledge bases
 * that it has not seen learns so to believe in priors as much as priors deserve, not as much as one knowledge base's do.
 */
export function variedPriors(doc: Doc, kb: InMemoryLookupKB, seed: string): Discount {
  const random = makeRandom(seed, "priors");
  const golds = new Set(doc.ents.map(({ kbId }) => kb.entityIds.get(kbId)).filter((entity) => entity >= 0));
  const priors = new Map<string, number>();
  const frequencies = new Map<number, number>();
  const drawPrior = (entity: number): number => {
    const favour = golds.has(entity) && random.next() < FAVOURED ? FAVOUR : 1;
    const strength = -Math.log(1 - random.next()) * favour;
    return Math.min(0.98, strength / (strength + HALF));
  };
  const drawFrequency = (entity: number): number =>
    Math.exp(random.next() * LOG_FREQUENCY + (golds.has(entity) ? LOG_FAVOUR : 0));
  return {
    prior: (surface, entity) => remembered(priors, `${entity}\t${surface}`, () => drawPrior(entity)),
    frequency: (entity) => remembered(frequencies, entity, () => drawFrequency(entity)),
  };
}

function remembered<K>(known: Map<K, number>, key: K, draw: () => number): number {
  let value = known.get(key);
  if (value === undefined) {
    value = draw();
    known.set(key, value);
  }
  return value;
}
