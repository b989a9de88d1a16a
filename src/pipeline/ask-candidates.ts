import { linkwrightError } from "../errors.js";
import type { CandidateSource, TextCandidate } from "../kb/text-candidate.js";
import type { Doc } from "../text/doc.js";
import { shownJson } from "../text/shown-json.js";

/** The candidates of some documents' mentions, each with a prior. */
export type AskedCandidates = ReadonlyMap<string, readonly RankedCandidate[]>;

/** A candidate whose prior is the source's own, or comes from its rank. */
export interface RankedCandidate extends TextCandidate {
  readonly prior: number;
  readonly isByRank: boolean;
}

/** What a source is asked about a mention: white space in a text may be a line end. */
export function queryOf(mention: string): string {
  return mention.trim().replaceAll(/\s+/g, " ");
}

/** {@link queryOf} of a span. */
export function nameOf(doc: Doc, { start, end }: { start: number; end: number }): string {
  return queryOf(doc.text.slice(start, end));
}

/** Asks a source for the candidates of all mentions of some documents at once, each different mention once. @throws L824 */
export async function askCandidates(
  source: CandidateSource,
  docs: readonly Doc[],
  signal?: AbortSignal,
): Promise<AskedCandidates> {
  const names = [...new Set(docs.flatMap((doc) => doc.ents.map((span) => nameOf(doc, span))))];
  if (names.length === 0) return new Map();
  signal?.throwIfAborted();
  const answers = await source.candidates(names, signal && { signal });
  signal?.throwIfAborted();
  if (!Array.isArray(answers) || answers.length !== names.length) {
    const found = Array.isArray(answers) ? `${answers.length} lists` : shownJson(answers);
    throw linkwrightError("L824", {
      mention: `${names.length} mentions`,
      found,
      expected: "a list of candidates for each, in their order",
    });
  }
  return new Map(names.map((name, i) => [name, ranked(checked(name, answers[i]))]));
}

function checked(mention: string, candidates: unknown): readonly TextCandidate[] {
  const refuse = (found: unknown, expected: string): never => {
    throw linkwrightError("L824", { mention: JSON.stringify(mention), found: shownJson(found), expected });
  };
  if (!Array.isArray(candidates)) return refuse(candidates, "a list of candidates");
  for (const candidate of candidates as Partial<TextCandidate>[]) {
    const { id, title, url, text, prior } = candidate ?? {};
    if (typeof id !== "string" || id === "") refuse(candidate, "candidates with an id");
    const texts = [title, url, text];
    if (texts.some((value) => typeof value !== "string")) refuse(candidate, "title, url and text as strings");
    if (prior !== undefined && !(prior >= 0 && prior <= 1)) refuse(prior, "a prior from 0 to 1");
  }
  return candidates as TextCandidate[];
}

/** Each id once, with its prior; where the source knows none, the first candidate is the likeliest: 1, 1/2, 1/3 .. of all. */
function ranked(candidates: readonly TextCandidate[]): RankedCandidate[] {
  const own = [...new Map([...candidates].reverse().map((one) => [one.id, one])).values()].reverse();
  const isByRank = own.some(({ prior }) => prior === undefined);
  const sum = own.reduce((all, _, i) => all + 1 / (i + 1), 0);
  return own.map((one, i) => ({
    ...one,
    isByRank,
    prior: isByRank ? 1 / (i + 1) / sum : (one.prior as number),
  }));
}
