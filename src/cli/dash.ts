/** Stands for "-" while yargs reads the command line: it would take a lone dash for an option without a name. */
const DASH = "\u0000-";

export function protectDash(argument: string): string {
  return argument === "-" ? DASH : argument;
}

export function restoreDash(argument: string): string {
  return argument === DASH ? "-" : argument;
}
