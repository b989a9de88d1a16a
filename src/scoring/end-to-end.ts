import { linkwrightError } from "../errors.js";
import { entitiesAmong } from "../kb/knowledge-base.js";
import type { DocumentLinker } from "../linker/linker.js";
import { annotatedIds, type Doc, type Example, NIL } from "../text/doc.js";
import {
  type Annotation,
  type Counts,
  countMatches,
  type Measures,
  macroMeasures,
  microMeasures,
  SPAN_MATCHES,
} from "./matching.js";

type Span = keyof typeof SPAN_MATCHES;
type Mean = "micro" | "macro";
type Part = "" | "in_kb_" | "nil_";
type Measure = "p" | "r" | "f";

/**
 * Scores of mentions that were found and linked, as GERBIL defines them for A2KB. Those of `in_kb` are of annotated and
 * predicted links alone, those of `nil` of annotated and predicted NIL alone; null where there is none of either.
 */
export type EndToEndScores = {
  readonly [Key in `end_to_end_${Span}_${Part}${Mean}_${Measure}`]: number | null;
} & {
  /** Of the mentions alone, whatever they are linked to; all documents together. */
  readonly [Key in `detection_${Span}_${Measure}`]: number;
};

export interface EndToEndOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds the mentions of a corpus' texts, links them, and compares with its annotation, which the linker does not see.
 * Documents are left as they are.
 * @throws L842 the linker's detector takes the mentions that documents have
 */
export async function evaluateEndToEnd(
  linker: DocumentLinker,
  gold: readonly Doc[],
  { signal }: EndToEndOptions = {},
): Promise<EndToEndScores> {
  const detector = linker.mentions?.detector;
  if (detector === "spans") throw linkwrightError("L842", { detector });
  const known = await entitiesAmong(linker.kb, annotatedIds(gold));
  const detected = gold.map((doc) => {
    const blank = doc.withEnts([]);
    blank.ents = linker.detect(blank);
    return blank;
  });
  const examples: Example[] = [];
  for await (const predicted of linker.pipe(detected, signal ? { signal } : {})) {
    examples.push({ reference: gold[examples.length] as Doc, predicted });
  }
  return scoreEndToEnd(examples, (id) => known.has(id));
}

/**
 * The end-to-end scores of predicted documents.
 * @param isKnown whether an annotated id is in the knowledge base; one that is not counts as NIL
 */
export function scoreEndToEnd(
  examples: readonly Example[],
  isKnown: (id: string) => boolean,
): EndToEndScores {
  const pairs = examples.map(({ reference, predicted }): Pair => {
    const linkOf = (id: string): string => (id === "" || id === NIL || isKnown(id) ? id : NIL);
    const gold = reference.ents.map(({ start, end, kbId }) => ({ start, end, link: linkOf(kbId) }));
    const found = predicted.ents.map(({ start, end, kbId }) => ({ start, end, link: kbId || NIL }));
    return { gold, found };
  });
  const scores: Record<string, number | null> = {};
  const write = (name: string, [p, r, f]: Measures | readonly null[]): void => {
    Object.assign(scores, { [`${name}_p`]: p, [`${name}_r`]: r, [`${name}_f`]: f });
  };
  for (const span of ["strong", "weak"] as const) {
    for (const part of Object.keys(PARTS) as Part[]) {
      const counts = pairs.map((pair) => countLinks(partOf(pair, PARTS[part]), span));
      const isEmpty = part !== "" && counts.every(({ tp, fp, fn }) => tp + fp + fn === 0);
      const none = [null, null, null];
      write(`end_to_end_${span}_${part}micro`, isEmpty ? none : microMeasures(counts));
      write(`end_to_end_${span}_${part}macro`, isEmpty ? none : macroMeasures(counts));
    }
  }
  for (const span of ["strong", "weak"] as const) {
    const counts = pairs.map(({ gold, found }) => countMatches(gold, found, SPAN_MATCHES[span]));
    write(`detection_${span}`, microMeasures(counts));
  }
  return scores as EndToEndScores;
}

/** A document's annotated and predicted mentions. */
interface Pair {
  readonly gold: readonly Annotation[];
  readonly found: readonly Annotation[];
}

/** Which links belong to a part of the scores. */
const PARTS: Readonly<Record<Part, (link: string) => boolean>> = {
  "": () => true,
  in_kb_: (link) => link !== NIL,
  nil_: (link) => link === NIL,
};

/** Mentions that nobody said the link of stay in every part: what is found there is not counted. */
function partOf({ gold, found }: Pair, belongs: (link: string) => boolean): Pair {
  return {
    gold: gold.filter(({ link }) => link === "" || belongs(link)),
    found: found.filter(({ link }) => belongs(link)),
  };
}

function countLinks({ gold, found }: Pair, span: Span): Counts {
  const isThere = SPAN_MATCHES[span];
  const open = gold.filter(({ link }) => link === "");
  return countMatches(
    gold.filter(({ link }) => link !== ""),
    found,
    (expected, one) => expected.link === one.link && isThere(expected, one),
    (one) => open.some((expected) => isThere(expected, one)),
  );
}
