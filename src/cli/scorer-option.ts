import type { Options } from "yargs";
import type { PairScorer } from "../pairs/pair-scorer.js";
import { linkingBackend } from "../tensor/backend.js";
import { UsageError } from "./number-option.js";

const EXPECTED =
  "model, model=FOLDER, prior, use-lite or cross-encoder=MODEL (a folder, or an id on Hugging Face)";

export const SCORER_OPTION = {
  type: "string",
  requiresArg: true,
  describe: `What chooses among candidates: ${EXPECTED} [default: the model]`,
} as const satisfies Options;

/** The scorer that the command line names; undefined where the model is to do it. */
export async function scorerOf(value: string | undefined, backend: string): Promise<PairScorer | undefined> {
  if (value === undefined || value === "model") return undefined;
  const [name, model] = splitAtFirst(value, "=");
  if (name === "model" && model) {
    const { modelScorer } = await import("../pipeline/model-scorer.js");
    return modelScorer({ model, backend: linkingBackend(backend) });
  }
  if (name === "cross-encoder" && model) {
    return (await import("../pairs/cross-encoder.js")).crossEncoder({ model });
  }
  if (value === "prior") return (await import("../pairs/prior-scorer.js")).priorScorer();
  if (value === "use-lite") return (await import("../pairs/use-lite.js")).useLite();
  throw new UsageError(`--scorer is ${value}; give ${EXPECTED}.`);
}

function splitAtFirst(value: string, mark: string): [string, string | undefined] {
  const at = value.indexOf(mark);
  return at < 0 ? [value, undefined] : [value.slice(0, at), value.slice(at + mark.length)];
}
