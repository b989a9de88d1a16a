import { type DocBinTable, damaged } from "./docbin-table.js";

/** How often spaCy widens the edges of heads before it gives up on a malformed tree. */
const MOST_ROUNDS = 12;

/**
 * The tokens that begin a sentence, the first one among them; undefined when the document has no sentences.
 * As in spaCy, a parse decides where there is one, and a document of at most one token always has its sentences.
 *
 * @param first row of the document's first token
 * @throws L122 a head lies outside of the document
 */
export function sentenceStarts(
  table: DocBinTable,
  { first, count, where }: { readonly first: number; readonly count: number; readonly where: string },
): number[] | undefined {
  const tokens = Array.from({ length: count }, (_, i) => i);
  const isParsed =
    table.has("HEAD") && table.has("DEP") && tokens.some((i) => table.at(first + i, "DEP") !== 0n);
  if (isParsed) return startsOfParse(table, { first, count, where });
  const starts = tokens.map((i) => Number(BigInt.asIntN(32, table.at(first + i, "SENT_START"))));
  if (count > 1 && !starts.some((start, i) => i > 0 && start !== 0)) return undefined;
  return tokens.filter((i) => i === 0 || starts[i] === 1);
}

/** The left edges of the roots: spaCy's `set_children_from_heads`. */
function startsOfParse(
  table: DocBinTable,
  { first, count, where }: { readonly first: number; readonly count: number; readonly where: string },
): number[] {
  const heads = Array.from({ length: count }, (_, i) => {
    const head = i + Number(BigInt.asIntN(32, table.at(first + i, "HEAD")));
    if (head < 0 || head >= count) throw damaged(where, `token ${i} has the head ${head} of ${count} tokens`);
    return head;
  });
  const left = heads.map((_, i) => i);
  for (let round = 0; round < MOST_ROUNDS && !widenLeft(heads, left); round++);
  const isRoot = (i: number): boolean => heads[i] === i && table.at(first + i, "DEP") !== 0n;
  const starts = new Set(left.filter((_, i) => isRoot(i)));
  starts.add(0);
  return [...starts].sort((a, b) => a - b);
}

/** Lets heads reach as far left as their children do; returns whether no head lies in another sentence. */
function widenLeft(heads: readonly number[], left: number[]): boolean {
  const reach = (i: number): void => {
    const head = heads[i] as number;
    left[head] = Math.min(left[head] as number, left[i] as number);
  };
  for (let i = 0; i < heads.length; i++) reach(i);
  for (let i = heads.length - 1; i >= 0; i--) reach(i);
  const starts = new Set(left.filter((_, i) => heads[i] === i));
  let start = 0;
  for (let end = 0; end < heads.length; end++) {
    if (!((end > 0 && starts.has(end)) || end === heads.length - 1)) continue;
    for (let i = start; i < end; i++) {
      const head = heads[i] as number;
      if (head < start || head > end) return false;
    }
    start = end;
  }
  return true;
}
