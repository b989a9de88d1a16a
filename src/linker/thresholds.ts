import { linkwrightError } from "../errors.js";
import { type Calibration, linkAbove, type Thresholds } from "./decide.js";
import {
  ALWAYS,
  checkDemand,
  type Evidence,
  type Guarantee,
  guarantee,
  highestPrecision,
  NEVER,
} from "./guarantee.js";
import type { LinkerOptions } from "./options.js";

/** Thresholds, with the shares of dev that reach them where a precision was asked for. */
export type ChosenThresholds = Thresholds &
  Partial<Guarantee> & {
    /** The highest precision that dev vouches for, where it does not for the one asked. */
    readonly highest?: number | undefined;
  };

/**
 * The thresholds that the options ask for: by precision, by number, or the model's own, which without a calibration is none.
 * @throws L510 a demand that nothing could mean, L511 one that can't be computed or contradicts another option
 */
export function thresholdsOf(
  {
    threshold,
    precision,
    confidence,
    setSize,
  }: Pick<LinkerOptions, "threshold" | "precision" | "confidence" | "setSize">,
  calibration: Calibration | undefined,
  evidence: Evidence | undefined,
): ChosenThresholds {
  if (precision === null) {
    if (setSize > 0) throw linkwrightError("L511", { why: "set_size needs a precision" });
    return linkAbove(threshold ?? calibration?.threshold ?? ALWAYS);
  }
  const demand = { precision, confidence, setSize };
  checkDemand(demand, "decide");
  if (threshold !== null) {
    throw linkwrightError("L511", { why: "linker.threshold and decide.precision exclude each other" });
  }
  if (!calibration) {
    throw linkwrightError("L511", { why: 'the scores of the architecture "cosine" are no probabilities' });
  }
  if (!evidence)
    throw linkwrightError("L511", {
      why: "the model has no dev of this knowledge base that could vouch for it",
    });
  const thresholds = { ...guarantee(evidence, demand), setSize };
  return thresholds.link === NEVER
    ? { ...thresholds, highest: highestPrecision(evidence, demand) }
    : thresholds;
}
