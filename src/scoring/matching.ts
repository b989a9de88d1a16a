/** A mention with what it is linked to; `link` is an entity's id, `"NIL"`, or `""` where nobody said. */
export interface Annotation {
  readonly start: number;
  readonly end: number;
  readonly link: string;
}

/** Right, wrong and missed ones of a document. */
export interface Counts {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
}

/** Precision, recall and F. */
export type Measures = readonly [p: number, r: number, f: number];

/** When two mentions are at the same place: strong, the same characters; weak, a character in common. */
export const SPAN_MATCHES = {
  strong: (a: Annotation, b: Annotation): boolean => a.start === b.start && a.end === b.end,
  weak: (a: Annotation, b: Annotation): boolean => a.start < b.end && b.start < a.end,
} as const;

type Matches = (gold: Annotation, found: Annotation) => boolean;

/**
 * Counts as GERBIL does: each annotated mention, in their order, takes the first found one that matches and is free;
 * those that are left are wrong.
 * @param ignores whether one that is left is neither right nor wrong
 */
export function countMatches(
  gold: readonly Annotation[],
  found: readonly Annotation[],
  matches: Matches,
  ignores: (found: Annotation) => boolean = () => false,
): Counts {
  const left = new Set(found);
  let tp = 0;
  for (const expected of gold) {
    const match = found.find((one) => left.has(one) && matches(expected, one));
    if (match === undefined) continue;
    tp++;
    left.delete(match);
  }
  const fp = [...left].filter((one) => !ignores(one)).length;
  return { tp, fp, fn: gold.length - tp };
}

/** As GERBIL's: all are 1 where there was nothing to find and nothing was found, and 0 where none is right. */
export function measuresOf({ tp, fp, fn }: Counts): Measures {
  if (tp === 0) return fp + fn === 0 ? [1, 1, 1] : [0, 0, 0];
  const [p, r] = [tp / (tp + fp), tp / (tp + fn)];
  return [p, r, (2 * p * r) / (p + r)];
}

/** The measures of all documents' counts together. */
export function microMeasures(documents: readonly Counts[]): Measures {
  return measuresOf(
    documents.reduce((sum, { tp, fp, fn }) => ({ tp: sum.tp + tp, fp: sum.fp + fp, fn: sum.fn + fn }), {
      tp: 0,
      fp: 0,
      fn: 0,
    }),
  );
}

/** The means of the documents' measures; F is a mean too, not that of the mean precision and recall. */
export function macroMeasures(documents: readonly Counts[]): Measures {
  const measures = documents.map(measuresOf);
  const mean = (i: 0 | 1 | 2): number => measures.reduce((sum, of) => sum + of[i], 0) / measures.length;
  return [mean(0), mean(1), mean(2)];
}
