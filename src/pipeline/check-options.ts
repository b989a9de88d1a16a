import { linkwrightError } from "../errors.js";
import { checkNumbers } from "../number-options.js";
import { shownJson } from "../text/shown-json.js";
import type { CreateLinkerOptions } from "./create-linker.js";

const WHERE = "createLinker()";
const AMOUNT = { least: 0, most: 1000, isWhole: true };
const SCALES: readonly unknown[] = ["probability", "cosine", "logit"];

/** Refuses options of a linker that would fail, or mean something else, once it links. @throws L510 */
export function checkLinkerOptions(options: CreateLinkerOptions): void {
  const { model, candidates, detector, scorer, linkableLabels } = options;
  checkNumbers(WHERE, { ...options }, { contextTokens: AMOUNT, nSents: AMOUNT, threshold: {} });
  checkValue("model", model, isString, "the path of a model's folder or a knowledge base's");
  checkValue("candidates", candidates, has("candidates"), 'a source, such as mediaWiki({ language: "en" })');
  checkValue("detector", detector, has("detect"), 'a mention detector, such as namedMentions(["Apple"])');
  checkValue("scorer", scorer, has("score"), "a scorer, such as useLite()");
  if (scorer) {
    checkNumbers(WHERE, { "scorer.threshold": scorer.threshold ?? null }, { "scorer.threshold": {} });
    const expected = '"probability", "cosine" or "logit"';
    checkValue("scorer.scale", scorer.scale ?? null, (scale) => SCALES.includes(scale), expected);
  }
  checkValue(
    "linkableLabels",
    linkableLabels ?? undefined,
    isStrings,
    'a list such as ["PERSON"], or null for all',
  );
}

function checkValue(key: string, found: unknown, holds: (value: unknown) => boolean, expected: string): void {
  if (found === undefined || holds(found)) return;
  throw linkwrightError("L510", { where: WHERE, key, found: shownJson(found), expected });
}

const isString = (value: unknown): boolean => typeof value === "string";
const isStrings = (value: unknown): boolean => Array.isArray(value) && value.every(isString);

function has(method: string): (value: unknown) => boolean {
  return (value) => typeof (value as Record<string, unknown> | null)?.[method] === "function";
}
