import type { Candidate } from "../kb/candidate.js";
import { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Awaitable, KnowledgeBase } from "../kb/knowledge-base.js";
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
  if (!looksUpItself(kb)) return undefined;
  const inBatches: Question["ask"] = (mentions) => kb.getCandidatesBatch(mentions.map(({ text }) => text));
  const ask = batchSize > 1 ? inBatches : oneByOne(({ text }) => kb.getCandidates(text));
  return { ask, byText: true };
}

/** Whether a knowledge base answers by methods of its own. */
export function looksUpItself(kb: KnowledgeBase): boolean {
  const { getCandidates, getCandidatesBatch } = InMemoryLookupKB.prototype;
  return kb.getCandidates !== getCandidates || kb.getCandidatesBatch !== getCandidatesBatch;
}

/** The mentions of a document. */
export function queriesOf(doc: Doc): MentionQuery[] {
  return doc.ents.map((span) => ({ text: doc.text.slice(span.start, span.end), span, doc }));
}

/** Makes sure that each mention has its candidates. @throws E147 */
export function checkAnswers(answers: Answers, mentions: readonly MentionQuery[]): void {
  if (answers.length !== mentions.length) {
    refuseAnswer(`${answers.length} lists of candidates`, `${mentions.length}`);
  }
}

function oneByOne(ask: (mention: MentionQuery) => Awaitable<readonly Candidate[]>): Question["ask"] {
  return (mentions) => {
    const answers = mentions.map(ask);
    return answers.some((answer) => answer instanceof Promise) ? Promise.all(answers) : (answers as Answers);
  };
}
