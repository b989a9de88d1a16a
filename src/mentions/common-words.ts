/**
 * Words that are no names where every word, or the first of a sentence, is written with a capital. English; in other
 * languages only the document itself tells which words are common.
 */
const COMMON: ReadonlySet<string> = words(
  "a about above across after again against ago all almost alone along already also although always am among an and",
  "another any anybody anyone anything are around as ask at away be became because become been before began behind",
  "being below between both but by call came can cannot come could did do does doing done down during each either else",
  "enough even ever every everybody everyone everything far few find first five follow for found four from get give go",
  "going good got great had half has have having he hence her here hers herself him himself his how however i if in",
  "indeed instead into is it its itself just keep know last later least less let like look made make many may maybe me",
  "meanwhile might mine more most much must my myself near nearly need neither never new next nine no nobody none nor not",
  "nothing now of off often oh old on once one only onto or other others otherwise our ours ourselves out over own per",
  "perhaps please put quite rather read said same saw say says second see seem seen set seven several shall she should",
  "since six so some somebody someone something sometimes soon still stop such take ten than thank thanks that the their",
  "theirs them themselves then there therefore these they thing this those though three through thus till to today",
  "together told tomorrow too took toward towards try turn two under unless until up upon us use used very want was way",
  "we well went were what whatever when whenever where whereas whether which while who whoever whole whom whose why will",
  "with within without would yes yesterday yet you your yours yourself",
);

/** Have a capital and are no names by themselves. Months that are names of people too are left out. */
const CALENDAR: ReadonlySet<string> = words(
  "monday tuesday wednesday thursday friday saturday sunday january february march july september october november",
  "december",
);

/** Whether a word, in lower case, is written with a capital without being a name: "I", "Monday". */
export function isAlwaysCapital(word: string): boolean {
  return word === "i" || CALENDAR.has(word);
}

/** Whether a word, in lower case, is one of the commonest. */
export function isCommonWord(word: string): boolean {
  return COMMON.has(word);
}

function words(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(" ")));
}
