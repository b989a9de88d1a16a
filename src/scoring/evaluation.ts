import { entitiesAmong } from "../kb/knowledge-base.js";
import { ALWAYS, NEVER } from "../linker/guarantee.js";
import type { DocumentLinker } from "../linker/linker.js";
import type { Link, LinkCandidate } from "../linker/predict.js";
import { among } from "../mentions/gazetteer.js";
import { annotatedIds, type Doc, type Example, NIL } from "../text/doc.js";
import {
  type BestCandidate,
  calibrationError,
  type NilPoint,
  nilCurve,
  type ReliabilityBin,
  reliability,
} from "./curves.js";
import { type LinkScores, type Scorer, scoreLinks } from "./scorer.js";

/** What `evaluate` reports; keys as in its JSON. All shares are in [0, 1]. */
export interface Evaluation extends Omit<LinkScores, "nel_score" | "nel_score_desc"> {
  /** Right among all annotated mentions; an annotated id that the knowledge base lacks counts as NIL. */
  readonly accuracy: number;
  /** Right among mentions whose gold is in the knowledge base. */
  readonly accuracy_in_kb: number;
  /** Right among mentions whose gold is one of two or more candidates. */
  readonly accuracy_ambiguous: number;
  /** Mentions that are not linked count as NIL, those that get a set or that a precision withholds too. */
  readonly nil_p: number;
  readonly nil_r: number;
  readonly nil_f: number;
  /** Share of in-KB golds among the candidates. */
  readonly candidate_recall: number;
  /** The accuracy of a perfect choice from these candidates. */
  readonly oracle_accuracy: number;
  /** The accuracy of always taking the candidate with the best prior. */
  readonly prior_accuracy: number;
  /** Share of mentions that are linked, and of right ones among the links. */
  readonly coverage: number;
  readonly link_precision: number;
  /** Share of mentions that get a set of candidates in place of a link, of sets that hold the gold, candidates a set. */
  readonly set_coverage: number;
  readonly set_precision: number;
  readonly set_size: number;
  /**
   * Probability from which on links are linked: the model's, a number from the config, or the one a precision asks for;
   * null where dev vouches for none, and where there is none.
   */
  readonly threshold: number | null;
  /** Precision, recall and F of NIL at every threshold from 0 to 1 in steps of a twentieth. */
  readonly nil_curve: readonly NilPoint[];
  /** The bins of `ece`. */
  readonly reliability: readonly ReliabilityBin[];
  /**
   * Expected calibration error of the best candidate's probability, ten bins, over mentions with candidates. Scores of the
   * architecture "cosine" do not claim to be probabilities.
   */
  readonly ece: number;
  readonly n_mentions: number;
  /** Wall time, from documents in memory to links. */
  readonly mentions_per_second: number;
}

export interface EvaluateOptions {
  /** What gives spaCy's scores. @default scoreLinks */
  readonly scorer?: Scorer | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What became of one annotated mention. */
interface Outcome {
  /** Annotated id, NIL when the knowledge base lacks it. */
  readonly gold: string;
  readonly predicted: string;
  readonly candidates: readonly LinkCandidate[];
  /** The set that was offered in place of a link. */
  readonly oneOf: readonly string[];
}

/**
 * Links the annotated mentions of a corpus anew and compares. Documents are left as they are. With `useGoldEnts` off
 * only the mentions that the gazetteer finds are linked, the others count as NIL.
 */
export async function evaluate(
  linker: DocumentLinker,
  gold: readonly Doc[],
  { scorer = scoreLinks, signal }: EvaluateOptions = {},
): Promise<Evaluation> {
  const known = await entitiesAmong(linker.kb, annotatedIds(gold));
  const started = performance.now();
  const blank = gold.map((doc) => {
    const ents = linker.options.useGoldEnts ? doc.ents : among(linker.detect(doc), doc.ents);
    return doc.withEnts(ents.map((span) => ({ ...span, kbId: "" })));
  });
  const predicted: Doc[] = [];
  for await (const doc of linker.pipe(blank, signal ? { signal } : {})) predicted.push(doc);
  const seconds = (performance.now() - started) / 1000;
  const examples = gold.map((reference, i): Example => ({ reference, predicted: predicted[i] as Doc }));
  const outcomes = examples.flatMap((example) => outcomesOf(example, known));
  const { nel_score: _again, nel_score_desc: _name, ...links } = scorer(examples);
  return {
    ...links,
    ...scoreOutcomes(outcomes),
    threshold: [NEVER, ALWAYS].includes(linker.thresholds.link) ? null : linker.thresholds.link,
    n_mentions: outcomes.length,
    mentions_per_second: outcomes.length / seconds,
  };
}

function outcomesOf({ reference, predicted }: Example, known: ReadonlySet<string>): Outcome[] {
  const answers = new Map(predicted.ents.map((span) => [span.start, span]));
  return reference.ents.flatMap((span) => {
    if (span.kbId === "") return [];
    const { kbId, oneOf = [], candidates = [] } = answers.get(span.start) ?? { kbId: NIL };
    const gold = known.has(span.kbId) ? span.kbId : NIL;
    return [{ gold, predicted: kbId, candidates: candidates as Link["candidates"], oneOf }];
  });
}

type OutcomeScores = Omit<Evaluation, keyof LinkScores | "threshold" | "n_mentions" | "mentions_per_second">;

function scoreOutcomes(outcomes: readonly Outcome[]): OutcomeScores {
  const isRight = ({ gold, predicted }: Outcome): boolean => gold === predicted;
  const isCandidate = ({ gold, candidates }: Outcome): boolean =>
    candidates.some(({ kbId }) => kbId === gold);
  const inKb = outcomes.filter(({ gold }) => gold !== NIL);
  const ambiguous = inKb.filter((outcome) => outcome.candidates.length >= 2 && isCandidate(outcome));
  const goldNil = outcomes.filter(({ gold }) => gold === NIL);
  const predictedNil = outcomes.filter(({ predicted }) => predicted === NIL);
  const nilPrecision = share(predictedNil, isRight);
  const nilRecall = share(goldNil, isRight);
  const linked = outcomes.filter(({ predicted }) => predicted !== NIL);
  const sets = outcomes.filter(({ oneOf }) => oneOf.length > 0);
  const best = outcomes.map(({ gold, candidates }): BestCandidate => {
    const [first] = candidates;
    return { score: first?.score ?? 0, isRight: first?.kbId === gold, isNil: gold === NIL };
  });
  const bins = reliability(best.filter((_, i) => (outcomes[i] as Outcome).candidates.length > 0));
  return {
    accuracy: share(outcomes, isRight),
    accuracy_in_kb: share(inKb, isRight),
    accuracy_ambiguous: share(ambiguous, isRight),
    nil_p: nilPrecision,
    nil_r: nilRecall,
    nil_f: nilPrecision + nilRecall === 0 ? 0 : (2 * nilPrecision * nilRecall) / (nilPrecision + nilRecall),
    candidate_recall: share(inKb, isCandidate),
    oracle_accuracy: share(outcomes, (outcome) => outcome.gold === NIL || isCandidate(outcome)),
    prior_accuracy: share(outcomes, (outcome) => outcome.gold === priorChoice(outcome)),
    coverage: linked.length / Math.max(1, outcomes.length),
    link_precision: share(linked, isRight),
    set_coverage: sets.length / Math.max(1, outcomes.length),
    set_precision: share(sets, ({ gold, oneOf }) => oneOf.includes(gold)),
    set_size: sets.reduce((sum, { oneOf }) => sum + oneOf.length, 0) / Math.max(1, sets.length),
    ece: calibrationError(bins),
    reliability: bins,
    nil_curve: nilCurve(best),
  };
}

function priorChoice({ candidates }: Outcome): string {
  let best: LinkCandidate | undefined;
  for (const candidate of candidates) if (!best || isLikelier(candidate, best)) best = candidate;
  return best?.kbId ?? NIL;
}

/** By prior, ties by frequency, then by id, so that the model's order has no say. */
function isLikelier(a: LinkCandidate, b: LinkCandidate): boolean {
  return (a.prior - b.prior || a.frequency - b.frequency || (a.kbId < b.kbId ? 1 : -1)) > 0;
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(holds).length / items.length;
}
