import type { Doc, Example, Span } from "../text/doc.js";

/**
 * The document that an example teaches: with `useGoldEnts` the annotated mentions, without it the predicted ones that
 * are annotated too, at the same place and with the same label.
 */
export function docToLearn({ reference, predicted }: Example, useGoldEnts: boolean): Doc {
  if (useGoldEnts) return reference;
  const gold = new Map(reference.ents.map((span) => [placeOf(span), span]));
  return reference.withEnts(predicted.ents.flatMap((span) => gold.get(placeOf(span)) ?? []));
}

function placeOf({ start, end, label }: Span): string {
  return `${start} ${end} ${label}`;
}
