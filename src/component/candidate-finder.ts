import { linkwrightError } from "../errors.js";
import { type Candidate, MATCH_KINDS } from "../kb/candidate.js";
import { fold } from "../kb/fold.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Discount } from "../linker/candidates.js";
import type { Config } from "../linker/config.js";
import type { CandidateSet } from "../model/mention.js";
import { type CandidateFinder, finderOf } from "../training/prepare.js";
import type { Functions, GetCandidatesBatch, MentionQuery } from "./functions.js";

type CandidateFunctions = Pick<Functions, "getCandidates" | "getCandidatesBatch">;

/** How a component finds candidates: by its functions if it was given any, else as the config says. */
export function candidateFinder(config: Config, functions: CandidateFunctions): CandidateFinder {
  const { max_candidates: maxCandidates } = config.candidates;
  const ask = inBatches(functions, config.linker.candidates_batch_size);
  if (!ask) return finderOf(config);
  return (doc, kb, discount) => {
    const mentions = doc.ents.map((span): MentionQuery => {
      return { text: doc.text.slice(span.start, span.end), span, doc };
    });
    const found = ask(kb, mentions);
    return mentions.map(({ text, span }, i) => {
      const candidates = candidateSet(found[i] as readonly Candidate[], kb, { maxCandidates, discount });
      return { span, surface: text, key: fold(text), candidates };
    });
  };
}

/** Asks for so many mentions at a time, one by one where that is 1. */
function inBatches(
  { getCandidates, getCandidatesBatch }: CandidateFunctions,
  batchSize: number,
): GetCandidatesBatch | undefined {
  const oneByOne: GetCandidatesBatch | undefined =
    getCandidates && ((kb, mentions) => mentions.map((mention) => getCandidates(kb, mention)));
  const batch = batchSize > 1 ? (getCandidatesBatch ?? oneByOne) : oneByOne;
  if (!batch) return undefined;
  return (kb, mentions) => {
    const found: (readonly Candidate[])[] = [];
    for (let from = 0; from < mentions.length; from += batchSize) {
      const asked = mentions.slice(from, from + batchSize);
      const lists = batch(kb, asked);
      if (lists.length !== asked.length) refuse(`${lists.length} lists of candidates`, `${asked.length}`);
      found.push(...lists);
    }
    return found;
  };
}

interface SetOptions {
  readonly maxCandidates: number;
  readonly discount: Discount | undefined;
}

/** Candidates as columns, best prior first. */
function candidateSet(
  candidates: readonly Candidate[],
  kb: InMemoryLookupKB,
  { maxCandidates, discount }: SetOptions,
): CandidateSet {
  const rows = new Map<number, { prior: number; frequency: number; candidate: Candidate }>();
  for (const candidate of candidates) {
    const { entity_, alias_, priorProb, entityFreq } = candidate;
    const entity = kb.entityIds.get(entity_);
    if (entity < 0) refuse(`the candidate ${JSON.stringify(entity_)}`, "entities of its knowledge base");
    if (rows.has(entity)) continue;
    const prior = discount ? discount.prior(alias_, entity, priorProb, candidates.length) : priorProb;
    const frequency = discount ? discount.frequency(entity, entityFreq) : entityFreq;
    rows.set(entity, { prior, frequency, candidate });
  }
  const ranked = [...rows]
    .sort(([a, x], [b, y]) => y.prior - x.prior || y.frequency - x.frequency || a - b)
    .slice(0, maxCandidates);
  return {
    entities: Int32Array.from(ranked, ([entity]) => entity),
    priors: Float32Array.from(ranked, ([, { prior }]) => prior),
    frequencies: Float32Array.from(ranked, ([, { frequency }]) => frequency),
    matches: Uint8Array.from(ranked, ([, { candidate }]) => MATCH_KINDS.indexOf(candidate.match)),
    similarities: Float32Array.from(ranked, ([, { candidate }]) => candidate.similarity),
  };
}

function refuse(found: string, expected: string): never {
  throw linkwrightError("E147", { name: "entity_linker", method: "predict", found, expected });
}
