import { Candidate } from "../kb/candidate.js";
import { fold } from "../kb/fold.js";
import { KnowledgeBase } from "../kb/knowledge-base.js";
import { type AskedCandidates, queryOf, type RankedCandidate } from "./ask-candidates.js";
import { nameOfTitle } from "./title.js";

/** How a page's title goes with a mention: it is the name, the name with a mark in brackets, has more words, or has not all. */
type Naming = "same" | "marked" | "longer" | "other";

/**
 * How much a page's rank is believed beside one that is called better: a search finds pages that speak of the mention too.
 * "other" is believed as names that knowledge bases find in part.
 */
const TRUST: Readonly<Record<Naming, number>> = { same: 1, marked: 0.3, longer: 0.5, other: 0.3 };

interface NamedCandidate {
  readonly candidate: RankedCandidate;
  readonly naming: Naming;
}

/** What a source answered, as a knowledge base that can be asked for it again. */
export class AnsweredKB extends KnowledgeBase {
  readonly entityVectorLength = 64;

  constructor(private readonly answers: AskedCandidates) {
    super();
  }

  override getCandidates(mention: string): Candidate[] {
    const candidates = this.answers.get(queryOf(mention)) ?? [];
    const named = candidates.map((candidate) => ({ candidate, naming: namingOf(candidate.title, mention) }));
    if (!candidates[0]?.isByRank) return named.map((one) => candidateOf(one, mention)); // who knows priors knows nicknames
    const most = Math.max(...named.map(({ naming }) => TRUST[naming]));
    const trusts = named.map(({ naming }) => TRUST[naming] / most);
    const left = named.reduce((sum, { candidate }, i) => sum + candidate.prior * (trusts[i] as number), 0);
    return named.map((one, i) => {
      const trust = trusts[i] as number;
      return candidateOf(one, mention, { prior: (one.candidate.prior * trust) / left, trust });
    });
  }

  override getVector(): Float32Array {
    return new Float32Array(this.entityVectorLength);
  }
}

function candidateOf(
  { candidate: { id, title, text, prior: own }, naming }: NamedCandidate,
  mention: string,
  { prior, trust } = { prior: own, trust: 1 },
): Candidate {
  const { name, place } = nameOfTitle(title);
  const description = [place, text].filter((part) => part !== "").join(". ");
  const values = { entity_: id, name, description, alias_: mention, priorProb: prior };
  const isFoundInPart = naming === "other" && trust < 1;
  return Candidate.of(isFoundInPart ? { ...values, match: "partial", similarity: trust } : values);
}

function namingOf(title: string, mention: string): Naming {
  const { name } = nameOfTitle(title);
  const wanted = fold(mention);
  if (fold(name) === wanted) return "same";
  if (fold(name.replace(/ \([^)]*\)$/, "")) === wanted) return "marked";
  const words = new Set(fold(name).split(" "));
  return wanted.split(" ").every((word) => words.has(word)) ? "longer" : "other";
}
