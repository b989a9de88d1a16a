import { linkwrightError } from "../errors.js";
import type { CandidateSource } from "../kb/text-candidate.js";
import type { Pair, PairScorer } from "../pairs/pair-scorer.js";
import { type Doc, NIL, type Span } from "../text/doc.js";
import { type AskedCandidates, askCandidates, nameOf, type RankedCandidate } from "./ask-candidates.js";
import { contextOf } from "./context.js";
import type { Disambiguator } from "./disambiguator.js";
import type { TextLink, TextLinkCandidate } from "./text-link.js";

export interface PairLinksOptions {
  readonly source: CandidateSource;
  readonly scorer: PairScorer;
  /** Words on each side of a mention that the scorer reads. */
  readonly contextTokens: number;
  readonly threshold: number;
}

/** A mention with what it may mean. */
interface Question {
  readonly doc: Doc;
  readonly span: Span;
  readonly mention: string;
  readonly candidates: readonly RankedCandidate[];
}

/** Links by reading each mention's context beside each of its candidates. */
export function pairLinks(options: PairLinksOptions): Disambiguator {
  return async (docs, signal) => {
    const { source, scorer, contextTokens } = options;
    const asked = await askCandidates(source, docs, signal);
    const questions = docs.map((doc) => doc.ents.map((span) => questionOf(doc, span, asked)));
    const pairs = questions.flat().flatMap((question) => pairsOf(question, contextTokens));
    const scores = await scoresOf(scorer, pairs, signal);
    let at = 0;
    return questions.map((own) =>
      own.map((question) => {
        const from = at;
        at += question.candidates.length;
        return linkOf(question, scores.slice(from, at), options);
      }),
    );
  };
}

function questionOf(doc: Doc, span: Span, asked: AskedCandidates): Question {
  const mention = nameOf(doc, span);
  return { doc, span, mention, candidates: asked.get(mention) ?? [] };
}

function pairsOf({ doc, span, mention, candidates }: Question, contextTokens: number): Pair[] {
  const context = contextOf(doc, span, contextTokens);
  return candidates.map(({ title, text, prior }) => ({ mention, context, title, text, prior }));
}

/** @throws L825 scores that are none */
async function scoresOf(
  scorer: PairScorer,
  pairs: readonly Pair[],
  signal: AbortSignal | undefined,
): Promise<number[]> {
  if (pairs.length === 0) return [];
  const scores = Array.from(await scorer.score(pairs, signal && { signal }));
  signal?.throwIfAborted();
  const refuse = (found: string, expected: string): never => {
    throw linkwrightError("L825", { scorer: scorer.name, found, expected });
  };
  if (scores.length !== pairs.length) refuse(`${scores.length} scores`, `${pairs.length}, one a pair`);
  const wrong = scores.findIndex((score) => !Number.isFinite(score));
  if (wrong >= 0) refuse(`${scores[wrong]} for ${JSON.stringify(pairs[wrong]?.title)}`, "a finite number");
  return scores;
}

/** The candidate with the highest score, unless that is below the threshold. Ties go to the source's order. */
function linkOf(
  { doc, span, candidates }: Question,
  scores: readonly number[],
  { scorer, threshold }: PairLinksOptions,
): TextLink {
  const { start, end, label } = span;
  const ranked = candidates
    .map(({ id, title, url, prior }, i): TextLinkCandidate => {
      return { kbId: id, title, url, score: scores[i] as number, prior };
    })
    .sort((a, b) => b.score - a.score);
  const place = { mention: doc.text.slice(start, end), label, start, end };
  const [best] = ranked;
  const isProbability = scorer.scale === "probability";
  if (best && best.score >= threshold) {
    const { kbId, title, url, score } = best;
    return { ...place, kbId, title, url, score, reason: "linked", candidates: ranked };
  }
  const without = isProbability ? 1 : 0;
  const score = best ? (isProbability ? 1 - best.score : best.score) : without;
  const reason = best ? "below_threshold" : "no_candidates";
  return { ...place, kbId: NIL, title: "", url: "", score, reason, candidates: ranked };
}
