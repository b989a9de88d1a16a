import { NEVER } from "../linker/guarantee.js";
import type { LinkerOptions } from "../linker/options.js";
import type { ChosenThresholds } from "../linker/thresholds.js";

/** A share as percent with one digit. */
export const percentText = (share: number): string => (100 * share).toFixed(1);

/** Mean and standard deviation of shares, in percent: "88.4 ± 0.3". */
export function spreadText(shares: readonly number[]): string {
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
  const variance =
    shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / Math.max(1, shares.length - 1);
  return `${percentText(mean)} ± ${percentText(Math.sqrt(variance))}`;
}

/** What a precision that was asked for comes to. */
export function promiseText(
  { precision, confidence }: Pick<LinkerOptions, "precision" | "confidence">,
  { link, setSize, coverage = 0, setCoverage = 0 }: ChosenThresholds,
): string {
  const asked = `precision ${percentText(precision ?? 0)} %, ${percentText(confidence)} % sure`;
  const sets = setSize > 0 ? `, sets of at most ${setSize} for ${percentText(setCoverage)} %` : "";
  if (link === NEVER) {
    return `${asked}: dev can't vouch for any link, so that nothing is linked${sets}. Ask for less, or give a larger dev`;
  }
  return `${asked}: links from probability ${link.toFixed(3)}, ${percentText(coverage)} % of dev's mentions with candidates${sets}`;
}
