import type { Options } from "yargs";

/** An option that may be given several times, a value each time: it leaves the words that follow to the command. */
export function repeatedOption(describe: string) {
  return {
    type: "string",
    requiresArg: true,
    describe,
    coerce: (values: string | readonly string[] | undefined): readonly string[] | undefined =>
      typeof values === "string" ? [values] : values,
  } as const satisfies Options;
}
