import { fold } from "../kb/fold.js";
import { arraysIn } from "../model/arrays-in.js";
import type { CandidateSet, Mention } from "../model/mention.js";
import type { Doc } from "../text/doc.js";

const { ints, floats, bytes } = arraysIn(SharedArrayBuffer);

/**
 * The candidates of N mentions, one after the other in columns of R rows, in memory that threads share. As objects those
 * of a mention take more than a kilobyte.
 */
export interface CandidateTable extends CandidateSet {
  /** Where each mention's candidates begin. [N + 1] */
  readonly rowStart: Int32Array;
}

export function candidateTable(mentions: readonly Mention[]): CandidateTable {
  const sets = mentions.map(({ candidates }) => candidates);
  return { rowStart: startsOf(sets.map(({ entities }) => entities.length)), ...joinedSets(sets) };
}

/** Some tables as one. */
export function joinedTables(tables: readonly CandidateTable[]): CandidateTable {
  const counts = tables.flatMap(({ rowStart }) =>
    Array.from(rowStart.subarray(1), (end, mention) => end - (rowStart[mention] as number)),
  );
  return { rowStart: startsOf(counts), ...joinedSets(tables) };
}

/** A document's mentions as `CandidateFinder` gave them; `first` is the place of the first of them in the table. */
export function mentionsFrom(table: CandidateTable, doc: Doc, first: number): Mention[] {
  return doc.ents.map((span, i) => {
    const surface = doc.text.slice(span.start, span.end);
    const from = table.rowStart[first + i] as number;
    const to = table.rowStart[first + i + 1] as number;
    const candidates = {
      entities: table.entities.subarray(from, to),
      priors: table.priors.subarray(from, to),
      frequencies: table.frequencies.subarray(from, to),
      matches: table.matches.subarray(from, to),
      similarities: table.similarities.subarray(from, to),
    };
    return { span, surface, key: fold(surface), candidates };
  });
}

function startsOf(counts: readonly number[]): Int32Array {
  const starts = ints(counts.length + 1);
  counts.forEach((count, i) => {
    starts[i + 1] = (starts[i] as number) + count;
  });
  return starts;
}

function joinedSets(sets: readonly CandidateSet[]): CandidateSet {
  const rows = sets.reduce((sum, { entities }) => sum + entities.length, 0);
  const joined = {
    entities: ints(rows),
    priors: floats(rows),
    frequencies: floats(rows),
    matches: bytes(rows),
    similarities: floats(rows),
  };
  let at = 0;
  for (const set of sets) {
    for (const name of ["entities", "priors", "frequencies", "matches", "similarities"] as const) {
      joined[name].set(set[name], at);
    }
    at += set.entities.length;
  }
  return joined;
}
