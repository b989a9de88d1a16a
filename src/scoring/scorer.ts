import { checkOptions } from "../known-options.js";
import { type Example, NIL } from "../text/doc.js";

/** Keeps 0 / 0 at 0, as in spaCy. */
const TINY = 1e-100;

/** Counts of right, wrong and missed, and the precision, recall and F score they make. */
export class PRFScore {
  tp = 0;
  fp = 0;
  fn = 0;

  get precision(): number {
    return this.tp / (this.tp + this.fp + TINY);
  }

  get recall(): number {
    return this.tp / (this.tp + this.fn + TINY);
  }

  get fscore(): number {
    const { precision, recall } = this;
    return 2 * ((precision * recall) / (precision + recall + TINY));
  }

  toDict(): PRF {
    return { p: this.precision, r: this.recall, f: this.fscore };
  }
}

export interface PRF {
  readonly p: number;
  readonly r: number;
  readonly f: number;
}

export interface LinkScores {
  /** `nel_micro_f` by another name, and what it is. */
  readonly nel_score: number;
  readonly nel_score_desc: "micro F";
  readonly nel_micro_p: number;
  readonly nel_micro_r: number;
  readonly nel_micro_f: number;
  readonly nel_macro_p: number;
  readonly nel_macro_r: number;
  readonly nel_macro_f: number;
  /** By the label of the gold mention, in order of appearance. */
  readonly nel_f_per_type: Readonly<Record<string, PRF>>;
}

/** What scores predicted documents against annotated ones. */
export type Scorer = (examples: Iterable<Example>) => LinkScores;

export interface ScoreLinksOptions {
  /** Values of `kbId` that mean "not in the knowledge base". @default ["NIL"] */
  readonly negativeLabels?: readonly string[];
}

/**
 * Precision, recall and F of predicted links, to the number what spaCy's `Scorer.score_links` gives
 * (https://spacy.io/api/scorer#score_links).
 *
 * Mentions count where gold and prediction have the same offsets, whatever their labels. Two negatives are ignored,
 * a wrong entity is a false positive and a false negative. As in spaCy `""`, not annotated, is no negative: against
 * `""` it is right, against an entity wrong. Micro scores sum the counts of all labels, macro scores are the mean
 * over labels.
 * @throws L001 an option of no known name
 */
export function scoreLinks(examples: Iterable<Example>, options: ScoreLinksOptions = {}): LinkScores {
  checkOptions("scoreLinks", options, ["negativeLabels"]);
  const negatives = new Set(options.negativeLabels ?? [NIL]);
  const perType = new Map<string, PRFScore>();
  for (const { reference, predicted } of examples) {
    const goldByOffsets = new Map(reference.ents.map((ent) => [`${ent.start} ${ent.end}`, ent]));
    for (const ent of predicted.ents) {
      const gold = goldByOffsets.get(`${ent.start} ${ent.end}`);
      if (gold === undefined) continue;
      const score = perType.get(gold.label) ?? new PRFScore();
      perType.set(gold.label, score);
      countLink(score, gold.kbId, ent.kbId, negatives);
    }
  }
  return summarize(perType);
}

function countLink(score: PRFScore, gold: string, predicted: string, negatives: ReadonlySet<string>): void {
  const goldIsNegative = negatives.has(gold);
  const predictedIsNegative = negatives.has(predicted);
  if (goldIsNegative && predictedIsNegative) return;
  if (gold === predicted) {
    score.tp++;
    return;
  }
  if (!predictedIsNegative) score.fp++;
  if (!goldIsNegative) score.fn++;
}

function summarize(perType: ReadonlyMap<string, PRFScore>): LinkScores {
  const micro = new PRFScore();
  for (const { tp, fp, fn } of perType.values()) {
    micro.tp += tp;
    micro.fp += fp;
    micro.fn += fn;
  }
  const prfs = [...perType].map(([label, score]) => [label, score.toDict()] as const);
  const macro = (key: keyof PRF) => prfs.reduce((sum, [, prf]) => sum + prf[key], 0) / (prfs.length + TINY);
  return {
    nel_score: micro.fscore,
    nel_score_desc: "micro F",
    nel_micro_p: micro.precision,
    nel_micro_r: micro.recall,
    nel_micro_f: micro.fscore,
    nel_macro_p: macro("p"),
    nel_macro_r: macro("r"),
    nel_macro_f: macro("f"),
    nel_f_per_type: Object.fromEntries(prfs),
  };
}
