import type { Candidate } from "../kb/candidate.js";
import { fold } from "../kb/fold.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { type CandidateFinder, finderWith } from "../linker/candidates.js";
import { type Config, candidateOptions } from "../linker/config.js";
import { checkAnswers, queriesOf, questionFor } from "./ask.js";
import { candidateSet, refuseAnswer } from "./candidate-set.js";
import type { Functions, MentionQuery } from "./functions.js";

/**
 * How candidates are found in a knowledge base in memory at once: by its functions, or its own methods, if there are any,
 * else by the look-ups that the config allows.
 * @throws E147 when it finds: an answer that is a promise, of another length, or with an entity that is not there
 */
export function candidateFinder(config: Config, functions: Functions, kb: InMemoryLookupKB): CandidateFinder {
  const options = candidateOptions(config);
  const { candidates_batch_size: batchSize } = config.linker;
  const question = questionFor(kb, functions, batchSize);
  if (!question) return finderWith(options);
  return finderBy((mentions) => {
    const found: (readonly Candidate[])[] = [];
    for (let from = 0; from < mentions.length; from += batchSize) {
      const some = mentions.slice(from, from + batchSize);
      const answers = question.ask(some);
      if (answers instanceof Promise) return refuseAnswer("a promise", "candidates at once");
      checkAnswers(kb, answers, some);
      found.push(...answers);
    }
    return found;
  }, options.maxCandidates);
}

/** A finder that asks for the candidates of a document's mentions. */
export function finderBy(
  candidatesOf: (mentions: readonly MentionQuery[]) => readonly (readonly Candidate[])[],
  maxCandidates: number,
): CandidateFinder {
  return (doc, kb, discount) => {
    const mentions = queriesOf(doc);
    const found = candidatesOf(mentions);
    return doc.ents.map((span, i) => {
      const { text } = mentions[i] as MentionQuery;
      const candidates = candidateSet(found[i] as readonly Candidate[], kb, { maxCandidates, discount });
      return { span, surface: text, key: fold(text), candidates };
    });
  };
}
