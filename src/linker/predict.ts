import { MATCH_KINDS, type MatchKind } from "../kb/candidate.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { DocMentions } from "../model/featurizer.js";
import type { Mention } from "../model/mention.js";
import type { MentionTable } from "../model/mention-table.js";
import type { ModelScores } from "../model/trainable-model.js";
import { NIL, type Span } from "../text/doc.js";
import {
  type Calibration,
  decide,
  decideBySpacyScores,
  prefersNil,
  probabilitiesOf,
  type Reason,
  type Thresholds,
  type Verdict,
  withoutChoice,
} from "./decide.js";

/** Mentions that the model scores at once. */
const BATCH = 256;

/** A candidate with the parts of its score. */
export interface LinkCandidate {
  readonly kbId: string;
  readonly name: string;
  /** P(entity | alias), 0 to 1. */
  readonly prior: number;
  /** How often the entity is meant at all, as the knowledge base counts it. */
  readonly frequency: number;
  /** Likeness of the mention and the alias, 0 to 1. */
  readonly string: number;
  /** Cosine of the words around the mention and the entity's description; of spaCy's scores that of their vectors. */
  readonly context: number;
  /** How the alias was found. */
  readonly match: MatchKind;
  /** Calibrated probability, 0 to 1; with the architecture "cosine" spaCy's score, -1 to 1. */
  readonly score: number;
}

/** What the linker says of one mention. */
export interface Link {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  /** An entity's id or `"NIL"`. */
  readonly kbId: string;
  /**
   * Calibrated probability of `kbId`; for NIL that the best candidate is wrong, 1 where there was none to choose. With the
   * architecture "cosine" spaCy's score of the best candidate, linked or not.
   */
  readonly score: number;
  readonly reason: Reason;
  /** Ids one of which is meant, best first, where `reason` is "one_of". */
  readonly oneOf?: readonly string[];
  /** Best first. */
  readonly candidates: readonly LinkCandidate[];
}

/** Logits of all mentions that have candidates. */
export interface Scored {
  /** For each mention its logits, candidates then NIL; undefined without candidates. */
  readonly logits: readonly (Float32Array | undefined)[];
  /** For each candidate row the cosine of context and description. */
  readonly context: Float32Array;
}

/** A model, or several that score together. */
export interface MentionScorer {
  score(table: MentionTable, mentions: Int32Array): ModelScores;
}

/** Scores the mentions of a table that `wanted` names, in batches. */
export function scoreMentions(
  model: MentionScorer,
  table: MentionTable,
  wanted?: (mention: number) => boolean,
): Scored {
  const logits: (Float32Array | undefined)[] = new Array(table.size);
  const context = new Float32Array(table.entities.length);
  const todo: number[] = [];
  for (let i = 0; i < table.size; i++) {
    if (candidatesOf(table, i) > 0 && (wanted?.(i) ?? true)) todo.push(i);
  }
  for (let from = 0; from < todo.length; from += BATCH) {
    const mentions = Int32Array.from(todo.slice(from, from + BATCH));
    const scored = model.score(table, mentions);
    mentions.forEach((mention, b) => {
      logits[mention] = scored.logits.slice(scored.starts[b], scored.starts[b + 1]);
    });
    scored.rows.forEach((row, r) => {
      context[row] = scored.contextCosine[r] as number;
    });
  }
  return { logits, context };
}

function candidatesOf({ rowStart }: MentionTable, mention: number): number {
  return (rowStart[mention + 1] as number) - (rowStart[mention] as number);
}

/** What turns scores into decisions. */
export interface DecisionRules {
  readonly labelsDiscard: readonly string[];
  /** Labels beside which no other is linked; null or absent for any. */
  readonly linkableLabels?: readonly string[] | null | undefined;
  /** None for spaCy's scores, which are decided on as they are. */
  readonly calibration: Calibration | undefined;
  readonly thresholds: Thresholds;
}

/** Whether mentions with a label are never linked. */
export function isDiscarded(
  label: string,
  { labelsDiscard, linkableLabels }: Pick<DecisionRules, "labelsDiscard" | "linkableLabels">,
): boolean {
  return labelsDiscard.includes(label) || linkableLabels?.includes(label) === false;
}

/** The order of decisions, spaCy's: label discarded, no candidates, then the verdict over the scores. */
export function judge(mention: Mention, logits: Float32Array | undefined, rules: DecisionRules): Verdict {
  const { calibration, thresholds } = rules;
  if (isDiscarded(mention.span.label, rules)) return withoutChoice("discarded");
  if (!logits) return withoutChoice("no_candidates");
  if (!calibration) return decideBySpacyScores(logits, thresholds.link);
  return decide(probabilitiesOf(logits, calibration), thresholds, prefersNil(logits));
}

/** Links of some documents, in the order of their mentions. */
export function linksOf(
  docs: readonly DocMentions[],
  table: MentionTable,
  scored: Scored,
  kb: InMemoryLookupKB,
  rules: DecisionRules,
): Link[][] {
  let at = 0;
  return docs.map(({ mentions }) =>
    mentions.map((mention) => {
      const verdict = judge(mention, scored.logits[at], rules);
      const row = table.rowStart[at++] as number;
      return makeLink(mention, verdict, { context: scored.context, row }, kb);
    }),
  );
}

function makeLink(
  { span, candidates }: Mention,
  verdict: Verdict,
  { context, row }: { readonly context: Float32Array; readonly row: number },
  kb: InMemoryLookupKB,
): Link {
  const { start, end, label } = span;
  const ranked: LinkCandidate[] = [];
  for (let c = 0; c < verdict.probabilities.length; c++) {
    const entity = candidates.entities[c] as number;
    ranked.push({
      kbId: kb.entityIds.at(entity),
      name: kb.name(entity),
      prior: candidates.priors[c] as number,
      frequency: candidates.frequencies[c] as number,
      string: candidates.similarities[c] as number,
      context: context[row + c] as number,
      match: MATCH_KINDS[candidates.matches[c] as number] as MatchKind,
      score: verdict.probabilities[c] as number,
    });
  }
  const kbId = verdict.choice < 0 ? NIL : (ranked[verdict.choice] as LinkCandidate).kbId;
  ranked.sort((a, b) => b.score - a.score); // stable: ties stay as priors have them
  const link: Link = {
    start,
    end,
    label,
    kbId,
    score: verdict.score,
    reason: verdict.reason,
    candidates: ranked,
  };
  if (verdict.setSize === 0) return link;
  return { ...link, oneOf: ranked.slice(0, verdict.setSize).map((candidate) => candidate.kbId) };
}

/** A span that already has a link, for `overwrite: false`. */
export function isLinked({ kbId }: Span): boolean {
  return kbId !== "";
}
