import { linkwrightError } from "../errors.js";
import { checkOptions } from "../known-options.js";
import { wait } from "../retry.js";
import { VERSION } from "../version.js";
import type { CandidateCache } from "./candidate-cache.js";

/** How mentions find pages: see {@link MediaWikiOptions.lookUp}. */
export type WikiLookUp = "search" | "titles" | "both";

export interface MediaWikiOptions {
  /** Which Wikipedia, such as "de". @default "en" */
  readonly language?: string | undefined;
  /** Address of the api.php of any MediaWiki with the extension TextExtracts, in place of `language`. */
  readonly api?: string | undefined;
  /** Who asks; Wikimedia wants an address to write to in it. @default linkwright, its version and its page */
  readonly userAgent?: string | undefined;
  /** Sent with each request, such as `{ Authorization: "Bearer ..." }`. @default {} */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Candidates of a mention at most, 1 to 20. @default 8 */
  readonly limit?: number | undefined;
  /**
   * "search": what the wiki's search finds, a request a mention. "titles": the page of that name, redirects followed,
   * up to 20 mentions a request; what is no page or several things is searched for. "both": the page of that name
   * first, then what the search finds. @default "search"
   */
  readonly lookUp?: WikiLookUp | undefined;
  /**
   * Where nothing but disambiguation pages is found, the pages that the first one links to are candidates, for one more
   * request. Disambiguation pages themselves never are. @default true
   */
  readonly expandDisambiguation?: boolean | undefined;
  /** Sentences of a candidate's text, 1 to 10. @default 3 */
  readonly sentences?: number | undefined;
  /** Characters of a candidate's text, 1 to 1,200, in place of `sentences`. */
  readonly characters?: number | undefined;
  /** Requests that are under way at once. @default 2 */
  readonly concurrency?: number | undefined;
  /** Longest time for one try, in milliseconds. @default 30,000 */
  readonly timeoutMs?: number | undefined;
  /** Tries of a request, the first one too. @default 5 */
  readonly tries?: number | undefined;
  /** Wait before the second try at most, in milliseconds; doubled before each further one. @default 1,000 */
  readonly backoffMs?: number | undefined;
  /** Longest wait between two tries, in milliseconds; a wiki that asks for more is given up. @default 60,000 */
  readonly maxWaitMs?: number | undefined;
  /** Seconds that the wiki's databases may lag behind before it refuses; false to leave that open. @default 5 */
  readonly maxlag?: number | false | undefined;
  /** Keeps answers beside the memory, such as `fileCache(folder)`. @default none */
  readonly cache?: CandidateCache | undefined;
  /** Answers that are kept in memory. @default 5,000 */
  readonly memoryEntries?: number | undefined;
  /** Older answers are asked for anew, in milliseconds. @default the cache's limit, else 30 days */
  readonly maxAgeMs?: number | undefined;
  /** Asks nobody: what is not in the cache is an error that names it. @default false */
  readonly offline?: boolean | undefined;
  /** @default the platform's */
  readonly fetch?: typeof fetch | undefined;
  /** Waits; tests replace it. @default by a timer */
  readonly sleep?: ((milliseconds: number, signal?: AbortSignal) => Promise<void>) | undefined;
  /** From 0 to 1, the share of the longest wait that is waited. @default Math.random */
  readonly random?: (() => number) | undefined;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
}

const DAY_MS = 86_400_000;

const DEFAULTS = {
  userAgent: `linkwright/${VERSION} (https://www.npmjs.com/package/linkwright)`,
  headers: {},
  limit: 8,
  lookUp: "search",
  expandDisambiguation: true,
  concurrency: 2,
  timeoutMs: 30_000,
  tries: 5,
  backoffMs: 1000,
  maxWaitMs: 60_000,
  maxlag: 5,
  memoryEntries: 5000,
  offline: false,
} as const satisfies MediaWikiOptions;
const SENTENCES = 3;
const MAX_AGE_MS = 30 * DAY_MS;

/** Extracts of one answer: TextExtracts gives no more, so that more pages would take a second request. */
export const MAX_PAGES = 20;

const NAMES = [
  ...(Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[]),
  "language",
  "api",
  "sentences",
  "characters",
  "cache",
  "maxAgeMs",
  "fetch",
  "sleep",
  "random",
  "now",
] as const satisfies readonly (keyof MediaWikiOptions)[];

type Filled = {
  readonly [Name in keyof MediaWikiOptions]-?: Exclude<MediaWikiOptions[Name], undefined>;
};

/** All options, checked and filled in. */
export interface WikiSettings extends Omit<Filled, "language" | "sentences" | "characters" | "cache"> {
  /** The one of both that counts. */
  readonly extract: { readonly sentences: number } | { readonly characters: number };
  readonly cache: CandidateCache | undefined;
}

/** @throws L001 an option of no known name, L801 no wiki, L802 a value that is none */
export function wikiSettings(options: MediaWikiOptions): WikiSettings {
  checkOptions("mediaWiki", options, NAMES);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const platform = { fetch, sleep: wait, random: Math.random, now: Date.now };
  const all = { ...DEFAULTS, ...platform, ...given } as unknown as Filled;
  const limits = [options.maxAgeMs, options.cache?.maxAgeMs].filter((limit) => limit !== undefined);
  checkRanges(all);
  checkAlternatives(options);
  checkHeaders(all);
  return {
    ...all,
    api: apiOf(options),
    extract: options.characters
      ? { characters: options.characters }
      : { sentences: options.sentences ?? SENTENCES },
    cache: options.cache,
    maxAgeMs: limits.length > 0 ? Math.min(...limits) : MAX_AGE_MS,
  };
}

function apiOf({ api, language = "en" }: MediaWikiOptions): string {
  if (api === undefined) {
    if (typeof language !== "string" || !/^[a-z]+(-[a-z]+)*$/.test(language)) throw noWiki(language);
    return `https://${language}.wikipedia.org/w/api.php`;
  }
  if (typeof api !== "string" || !URL.canParse(api) || !/^https?:$/.test(new URL(api).protocol))
    throw noWiki(api);
  const url = new URL(api);
  // The platform refuses such an address each time, and messages would show the password.
  if (url.username || url.password) throw noWiki("an address with a password in it");
  return url.href;
}

function noWiki(found: unknown): Error {
  return linkwrightError("L801", { found: JSON.stringify(found) ?? String(found) });
}

type Range = readonly [least: number, most: number, isWhole?: boolean];

const RANGES: Readonly<Record<string, Range>> = {
  limit: [1, MAX_PAGES, true],
  sentences: [1, 10, true],
  characters: [1, 1200, true],
  concurrency: [1, 100, true],
  timeoutMs: [1, 2 ** 31 - 1],
  tries: [1, 100, true],
  backoffMs: [0, Number.MAX_VALUE],
  maxWaitMs: [0, 2 ** 31 - 1],
  memoryEntries: [0, Number.MAX_SAFE_INTEGER, true],
  maxAgeMs: [0, Number.POSITIVE_INFINITY],
  maxlag: [0, Number.MAX_VALUE],
};

function checkRanges(options: MediaWikiOptions): void {
  for (const [name, [least, most, isWhole]] of Object.entries(RANGES)) {
    const found = options[name as keyof MediaWikiOptions];
    if (found === undefined || (name === "maxlag" && found === false)) continue;
    const isFine = typeof found === "number" && found >= least && found <= most;
    if (isFine && (!isWhole || Number.isInteger(found))) continue;
    const kind = isWhole ? "a whole number" : "a number";
    const upTo = most > 2 ** 31 ? `${least} or more` : `${least} to ${most}`;
    throw badValue(name, found, `${kind}, ${upTo}`);
  }
}

function checkAlternatives(options: MediaWikiOptions): void {
  const { api, language, sentences, characters, lookUp, offline, cache } = options;
  if (api !== undefined && language !== undefined)
    throw badValue("language", language, "nothing beside api, which says which wiki it is");
  if (sentences !== undefined && characters !== undefined)
    throw badValue("characters", characters, "nothing beside sentences, as a wiki cuts by one of them");
  if (lookUp !== undefined && !["search", "titles", "both"].includes(lookUp))
    throw badValue("lookUp", lookUp, '"search", "titles" or "both"');
  if (cache !== undefined && (typeof cache?.get !== "function" || typeof cache.set !== "function"))
    throw badValue("cache", typeof cache, "an object with get and set, such as fileCache(folder)");
  for (const name of ["offline", "expandDisambiguation"] as const) {
    if (![undefined, true, false].includes(options[name]))
      throw badValue(name, options[name], "true or false");
  }
  if (offline && !cache) throw badValue("offline", offline, "a cache beside it, to answer from");
}

/** What can't be sent would fail as an unreachable wiki does. Values may be secrets, so that messages have the names alone. */
function checkHeaders({ headers, userAgent }: Pick<WikiSettings, "headers" | "userAgent">): void {
  const expected = "what HTTP can send";
  if (typeof userAgent !== "string" || userAgent.trim() === "" || !canBeSent({ "User-Agent": userAgent }))
    throw badValue("userAgent", userAgent, expected);
  const isObject = typeof headers === "object" && headers !== null;
  const wrong = isObject
    ? Object.entries(headers).find(([name, value]) => !canBeSent({ [name]: value }))
    : [typeof headers];
  if (wrong) throw badValue("one of headers", wrong[0], expected);
}

function canBeSent(headers: Record<string, string>): boolean {
  try {
    new Headers(headers);
    return true;
  } catch {
    return false;
  }
}

function badValue(name: string, found: unknown, expected: string): Error {
  return linkwrightError("L802", { name, found: JSON.stringify(found) ?? String(found), expected });
}
