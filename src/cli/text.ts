import { NEVER } from "../linker/guarantee.js";
import type { LinkerOptions } from "../linker/options.js";
import type { ChosenThresholds } from "../linker/thresholds.js";
import type { Spread } from "../scoring/spread.js";
import type { Ablation } from "../training/ablate.js";

/** A share as percent with one digit. */
export const percentText = (share: number): string => (100 * share).toFixed(1);

/** Mean and standard deviation of shares, in percent: "88.4 ± 0.3". */
export function spreadText({ mean, sd }: Spread): string {
  return `${percentText(mean)} ± ${percentText(sd)}`;
}

/** What a precision that was asked for comes to. */
export function promiseText(
  { precision, confidence }: Pick<LinkerOptions, "precision" | "confidence">,
  { link, setSize, coverage = 0, setCoverage = 0, highest }: ChosenThresholds,
): string {
  const asked = `precision ${percentText(precision ?? 0)} %, ${percentText(confidence)} % sure`;
  const sets = setSize > 0 ? `, sets of at most ${setSize} for ${percentText(setCoverage)} %` : "";
  if (link === NEVER) {
    const most = highest === undefined ? "" : `; it can for ${percentText(highest)} %`;
    return `${asked}: dev can't vouch for that, so that nothing is linked${sets}${most}. Ask for less, or give a larger dev`;
  }
  return `${asked}: links from probability ${link.toFixed(3)}, ${percentText(coverage)} % of dev's mentions with candidates${sets}`;
}

/** What each part of a model brings on dev, most first. */
export function ablationText({ full, parts }: Ablation): string {
  const row = (name: string, accuracy: string, ambiguous: string): string =>
    [name.padEnd(22), accuracy.padStart(12), ambiguous.padStart(12)].join("  ");
  const signed = (spread: Spread): string => (spread.mean < 0 ? "" : "+") + spreadText(spread);
  const ranked = [...parts].sort((a, b) => b.accuracy.mean - a.accuracy.mean);
  return [
    row("dev", "accuracy", "ambiguous"),
    row("full model", spreadText(full.accuracy), spreadText(full.accuracy_ambiguous)),
    row("what a part brings:", "", ""),
    ...ranked.map(({ part, accuracy, accuracy_ambiguous }) =>
      row(part, signed(accuracy), signed(accuracy_ambiguous)),
    ),
    "",
  ]
    .map((line) => line.trimEnd())
    .join("\n");
}
