import { linkwrightError } from "../errors.js";
import { Doc, type Example, type Span } from "../text/doc.js";
import { shown } from "./shown.js";

type Examples = Iterable<Example> | AsyncIterable<Example>;

/** What a component learns from. @throws E930 no function, or one that gives nothing */
export function examplesOf(getExamples: () => Examples, name: string): Examples {
  if (typeof getExamples !== "function") throw linkwrightError("E930", { name, found: shown(getExamples) });
  const examples = getExamples();
  if (examples && !(Array.isArray(examples) && examples.length === 0)) return examples;
  throw linkwrightError("E930", {
    name,
    found: `a function that gives ${examples ? "[]" : String(examples)}`,
  });
}

/** @param method what messages call the caller @throws E978 */
export function checkExamples(examples: unknown, method: string): void {
  const isList = typeof examples === "object" && examples !== null && Symbol.iterator in examples;
  if (!isList) throw linkwrightError("E978", { method, found: shown(examples) });
}

/** @param method what messages call the caller @throws E978 */
export function checkExample(example: unknown, method: string): void {
  const { reference, predicted } = (example ?? {}) as Partial<Example>;
  if (reference instanceof Doc && predicted instanceof Doc) return;
  throw linkwrightError("E978", { method, found: shown(example) });
}

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
