import { LinkwrightError } from "../errors.js";

export const EXIT_FAILED = 1;
const EXIT_INTERRUPTED = 130;

/** Ends the process with one line that tells what went wrong; LINKWRIGHT_DEBUG=1 adds where in the code. */
export function reportFailure(error: unknown): never {
  if (error instanceof Error && error.name === "AbortError") {
    process.stderr.write("linkwright: interrupted.\n");
    process.exit(EXIT_INTERRUPTED);
  }
  const message = error instanceof Error ? error.message : String(error);
  const line = oneLine(error instanceof LinkwrightError ? message : `unexpected: ${message}`);
  process.stderr.write(`linkwright: ${line}\n`);
  if (process.env.LINKWRIGHT_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(EXIT_FAILED);
}

/** A message without line ends. */
export function oneLine(message: string): string {
  return message.trim().replace(/\s*\n\s*/g, " ");
}
