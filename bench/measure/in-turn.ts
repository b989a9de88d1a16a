import { say } from "../../src/cli/progress.js";

export interface InTurnOptions<S, T> {
  measure(subject: S): Promise<T>;
  report(figures: readonly T[]): string;
  /** @default a line on stderr */
  readonly tell?: (report: string) => void;
}

/** Measures one after the other, and tells of each but the last as it is done: the others may take hours, or fail. */
export async function inTurn<S, T>(
  subjects: readonly S[],
  { measure, report, tell = say }: InTurnOptions<S, T>,
): Promise<T[]> {
  const figures: T[] = [];
  for (const subject of subjects) {
    const one = await measure(subject);
    if (figures.push(one) < subjects.length) tell(report([one]));
  }
  return figures;
}
