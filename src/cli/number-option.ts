import type { Options } from "yargs";

/** What the command line says that can't be meant; ends with the exit code of wrong usage. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export interface NumberRange {
  /** Option without its dashes, for messages. */
  readonly name: string;
  readonly describe: string;
  /** What is right. */
  readonly holds: (value: number) => boolean;
  /** The same in words. */
  readonly expected: string;
}

/** An option that takes a number. */
export function numberOption({ name, describe, holds, expected }: NumberRange) {
  return {
    type: "number",
    requiresArg: true,
    describe,
    coerce: (value: number | undefined): number | undefined => {
      if (value !== undefined && !holds(value)) throw new UsageError(`--${name} must be ${expected}.`);
      return value;
    },
  } as const satisfies Options;
}

/** A share above 0 and below 1. */
export const isOpenShare = (value: number): boolean => value > 0 && value < 1;

/** An option that counts trainings. */
export const seedsOption = (describe: string) =>
  numberOption({
    name: "seeds",
    describe,
    holds: (value) => Number.isInteger(value) && value >= 1 && value <= 20,
    expected: "a whole number from 1 to 20",
  });
