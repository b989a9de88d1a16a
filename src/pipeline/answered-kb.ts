import { Candidate } from "../kb/candidate.js";
import { fold } from "../kb/fold.js";
import { KnowledgeBase } from "../kb/knowledge-base.js";
import { type AskedCandidates, queryOf, type RankedCandidate } from "./ask-candidates.js";
import { nameOfTitle } from "./title.js";

/** How much a rank is believed of a page that is not called so, beside one that is; as of a name found in part. */
const TRUST_IN_OTHER_NAMES = 0.3;

/** What a source answered, as a knowledge base that can be asked for it again. */
export class AnsweredKB extends KnowledgeBase {
  readonly entityVectorLength = 64;

  constructor(private readonly answers: AskedCandidates) {
    super();
  }

  override getCandidates(mention: string): Candidate[] {
    const candidates = this.answers.get(queryOf(mention)) ?? [];
    const words = wordsOf(mention);
    const isNamedSo = candidates.some(({ title }) => sharedWords(words, title) === words.size);
    return candidates.map((candidate) => {
      // A search finds pages that speak of the mention too; whoever knows priors knows nicknames.
      const isOther = candidate.isByRank && isNamedSo && sharedWords(words, candidate.title) === 0;
      return candidateOf(candidate, mention, isOther);
    });
  }

  override getVector(): Float32Array {
    return new Float32Array(this.entityVectorLength);
  }
}

function candidateOf(
  { id, title, text, prior }: RankedCandidate,
  mention: string,
  isOther: boolean,
): Candidate {
  const { name, place } = nameOfTitle(title);
  const description = [place, text].filter((part) => part !== "").join(". ");
  const values = { entity_: id, name, description, alias_: mention };
  if (!isOther) return Candidate.of({ ...values, priorProb: prior });
  const trust = TRUST_IN_OTHER_NAMES;
  return Candidate.of({ ...values, priorProb: prior * trust, match: "partial", similarity: trust });
}

/** How many of some words a title has in its name. */
function sharedWords(words: ReadonlySet<string>, title: string): number {
  const named = wordsOf(nameOfTitle(title).name);
  return [...words].filter((word) => named.has(word)).length;
}

function wordsOf(text: string): Set<string> {
  return new Set(fold(text).split(" "));
}
