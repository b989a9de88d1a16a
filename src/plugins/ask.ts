import { linkwrightError } from "../errors.js";
import { LARGEST_SUM } from "../kb/alias-table.js";
import { type Candidate, MATCH_KINDS } from "../kb/candidate.js";
import { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { type Awaitable, KnowledgeBase } from "../kb/knowledge-base.js";
import type { Doc } from "../text/doc.js";
import { refuseAnswer } from "./candidate-set.js";
import type { Functions, MentionQuery } from "./functions.js";

export type Answers = readonly (readonly Candidate[])[];

/** How candidates of some mentions are asked for. */
export interface Question {
  readonly ask: (mentions: readonly MentionQuery[]) => Awaitable<Answers>;
  /** Whether the answer depends on a mention's text alone. */
  readonly byText: boolean;
}

type CandidateFunctions = Pick<Functions, "getCandidates" | "getCandidatesBatch">;

/**
 * How a knowledge base is asked for candidates: by the functions if there are any, else by its own methods if they are
 * not those of InMemoryLookupKB, whose look-ups are linkwright's. Undefined where those serve.
 */
export function questionFor(
  kb: KnowledgeBase,
  { getCandidates, getCandidatesBatch }: CandidateFunctions,
  batchSize: number,
): Question | undefined {
  const byFunction = (ask: Question["ask"]): Question => ({ ask, byText: false });
  if (getCandidates && (batchSize === 1 || !getCandidatesBatch)) {
    return byFunction(oneByOne((mention) => getCandidates(kb, mention)));
  }
  if (getCandidatesBatch) return byFunction((mentions) => getCandidatesBatch(kb, mentions));
  const own = ownMethods(kb);
  if (own.batch && (batchSize > 1 || !own.single)) {
    return { ask: (mentions) => kb.getCandidatesBatch(mentions.map(({ text }) => text)), byText: true };
  }
  return own.single ? { ask: oneByOne(({ text }) => kb.getCandidates(text)), byText: true } : undefined;
}

/** Whether a knowledge base answers by methods of its own. */
export function looksUpItself(kb: KnowledgeBase): boolean {
  const { single, batch } = ownMethods(kb);
  return single || batch;
}

function ownMethods({ getCandidates, getCandidatesBatch }: KnowledgeBase): {
  single: boolean;
  batch: boolean;
} {
  const known = [InMemoryLookupKB.prototype, KnowledgeBase.prototype];
  return {
    single: !known.some((prototype) => prototype.getCandidates === getCandidates),
    batch: !known.some((prototype) => prototype.getCandidatesBatch === getCandidatesBatch),
  };
}

/** The mentions of a document; what they are annotated with is nobody's business who is asked. */
export function queriesOf(given: Doc): MentionQuery[] {
  const doc = given.withEnts(given.ents.map(({ start, end, label }) => ({ start, end, label, kbId: "" })));
  return doc.ents.map((span) => ({ text: doc.text.slice(span.start, span.end), span, doc }));
}

/** Makes sure that each mention has candidates that make sense. @throws E147, L516 */
export function checkAnswers(kb: KnowledgeBase, answers: Answers, mentions: readonly MentionQuery[]): void {
  if (!Array.isArray(answers)) refuseAnswer(String(answers), "a list of lists of candidates");
  if (answers.length !== mentions.length) {
    refuseAnswer(`${answers.length} lists of candidates`, `${mentions.length}`);
  }
  answers.forEach((candidates, i) => {
    const text = JSON.stringify(mentions[i]?.text);
    if (!Array.isArray(candidates)) refuseAnswer(`${String(candidates)} for ${text}`, "a list of candidates");
    for (const candidate of candidates) checkCandidate(kb, candidate);
  });
}

function checkCandidate(kb: KnowledgeBase, candidate: Candidate): void {
  const { entity_: id, priorProb, match = "exact", similarity = 1 } = candidate ?? {};
  const refuse = (why: string): never => {
    const found = typeof id === "string" ? JSON.stringify(id) : String(id);
    throw linkwrightError("L516", { kb: kb.constructor.name, candidate: found, why });
  };
  if (typeof id !== "string" || id === "") refuse("it has no entity_, the id");
  if (!(priorProb >= 0 && priorProb <= LARGEST_SUM)) refuse(`its priorProb is ${priorProb}, expected 0 to 1`);
  if (!MATCH_KINDS.includes(match))
    refuse(`its match is ${match}, expected one of ${MATCH_KINDS.join(", ")}`);
  if (!(similarity >= 0 && similarity <= 1)) refuse(`its similarity is ${similarity}, expected 0 to 1`);
}

function oneByOne(ask: (mention: MentionQuery) => Awaitable<readonly Candidate[]>): Question["ask"] {
  return (mentions) => {
    const answers = mentions.map(ask);
    return answers.some((answer) => answer instanceof Promise) ? Promise.all(answers) : (answers as Answers);
  };
}
