/** What is said, and what went wrong. */
export const failures: string[] = [];

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function check(holds: boolean, what: string): void {
  if (!holds) failures.push(what);
  say(`${holds ? "ok  " : "FAIL"} ${what}`);
}
