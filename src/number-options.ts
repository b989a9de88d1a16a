import { linkwrightError } from "./errors.js";

/** What a number among options may be, both ends included. */
export interface NumberRange {
  /** @default none */
  readonly least?: number;
  /** @default none */
  readonly most?: number;
  /** @default false */
  readonly isWhole?: boolean;
}

/**
 * Refuses numbers that a call can't mean, and what is no number; what is absent is left to the defaults.
 * @param options those of the call, others than numbers among them
 * @throws L510
 */
export function checkNumbers(
  where: string,
  options: Readonly<Record<string, unknown>>,
  ranges: Readonly<Record<string, NumberRange>>,
): void {
  for (const [key, range] of Object.entries(ranges)) {
    const found = options[key];
    if (found === undefined || isWithin(found, range)) continue;
    const shown = typeof found === "number" ? String(found) : (JSON.stringify(found) ?? String(found));
    throw linkwrightError("L510", { where, key, found: shown, expected: expectedOf(range) });
  }
}

function isWithin(found: unknown, { least, most, isWhole = false }: NumberRange): boolean {
  if (typeof found !== "number" || !Number.isFinite(found) || (isWhole && !Number.isInteger(found)))
    return false;
  return found >= (least ?? found) && found <= (most ?? found);
}

function expectedOf({ least, most, isWhole = false }: NumberRange): string {
  const kind = isWhole ? "a whole number" : "a number";
  if (least === undefined) return kind;
  return most === undefined ? `${kind}, ${least} or more` : `${kind} from ${least} to ${most}`;
}
