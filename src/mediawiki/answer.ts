/** What an answer of `action=query` says, and whether it can be one. */

/** An answer that is none: it may be better the next time. */
export class Malformed extends Error {
  /** @param found for people, such as "a page without a title" */
  constructor(readonly found: string) {
    super(found);
  }
}

/** A wiki without the extension that cuts texts: asking again does not help. */
export class NoExtracts extends Error {}

export interface WikiPage {
  readonly title: string;
  /** 0 for articles. */
  readonly namespace: number;
  /** Whether there is no page of that title, or can't be. */
  readonly isMissing: boolean;
  readonly isDisambiguation: boolean;
  /** Place among what the search found, from 1. */
  readonly index?: number | undefined;
  readonly wikidataId?: string | undefined;
  readonly url?: string | undefined;
  readonly extract?: string | undefined;
}

export interface QueryAnswer {
  readonly pages: readonly WikiPage[];
  /** What titles that were asked are called: normalised, redirected. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Titles that belong to other wikis. */
  readonly elsewhere: ReadonlySet<string>;
  /** What the next request has to say for the rest of these pages; absent where they are complete. */
  readonly rest?: Readonly<Record<string, string>> | undefined;
}

export interface ApiError {
  readonly code: string;
  readonly info: string;
}

type Json = Readonly<Record<string, unknown>>;

const NO_EXTRACTS = /unrecogni[sz]ed value for parameter\W+prop\b.*\bextracts\b/i;

/** The error that an answer is, in the old form or the new. @throws Malformed */
export function apiErrorOf(json: unknown): ApiError | undefined {
  const { error, errors } = object(json, "what is no object");
  if (error === undefined && errors === undefined) return undefined;
  const first = object(error ?? (Array.isArray(errors) ? errors[0] : undefined), "an error without a code");
  const { code, info, text } = first;
  if (typeof code !== "string") throw new Malformed("an error without a code");
  return { code, info: String(info ?? text ?? "") };
}

/** @throws Malformed, NoExtracts */
export function readQuery(json: unknown): QueryAnswer {
  const { query, continue: next, batchcomplete, warnings } = object(json, "what is no object");
  if (NO_EXTRACTS.test(JSON.stringify(warnings ?? "").slice(0, 2000))) throw new NoExtracts();
  const {
    pages = [],
    normalized,
    converted,
    redirects,
    interwiki,
  } = object(query ?? {}, "a query that is no object");
  const list = pagesOf(pages);
  const rest = isSet(batchcomplete) ? undefined : restOf(next);
  // What is complete says so, or says how to go on; pages that are all whole may do without.
  const isWhole = isSet(batchcomplete) || rest !== undefined || (list.length > 0 && list.every(isWholePage));
  if (!isWhole) throw new Malformed("half an answer");
  const renamings = [normalized, converted, redirects].flatMap((list) => objects(list, "renamed titles"));
  return {
    pages: list.map((page) => pageOf({ index: indexOf(page, redirects), ...page })),
    renamed: new Map(
      renamings.map(({ from, to }) => [text(from, "a renamed title"), text(to, "a new title")]),
    ),
    elsewhere: new Set(
      objects(interwiki, "titles elsewhere").map(({ title }) => text(title, "a title elsewhere")),
    ),
    rest,
  };
}

/** Continuation of what pages say; of a list of pages (`g...`) nobody wants more. */
function restOf(next: unknown): Record<string, string> | undefined {
  if (next === undefined) return undefined;
  const entries = Object.entries(object(next, "a continuation that is no object"));
  if (!entries.some(([name]) => name !== "continue" && !name.startsWith("g"))) return undefined;
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/** A page that was found by a redirect may have the redirect's place alone. */
function indexOf({ title }: Json, redirects: unknown): unknown {
  return objects(redirects, "redirects").find(({ to, index }) => to === title && index !== undefined)?.index;
}

/** Pages that there are have an id; others say what they are instead. */
function isWholePage({ pageid, missing, invalid, special }: Json): boolean {
  return [pageid, missing, invalid, special].some((value) => value !== undefined);
}

/** A list, or an object by page id where a wiki is too old for `formatversion=2`. */
function pagesOf(pages: unknown): readonly Json[] {
  const list = Array.isArray(pages) ? pages : Object.values(object(pages, "pages that are no list"));
  return objects(list, "pages");
}

function pageOf({
  title,
  ns,
  missing,
  invalid,
  index,
  pageprops,
  extract,
  canonicalurl,
  fullurl,
}: Json): WikiPage {
  const isMissing = isSet(missing) || isSet(invalid);
  const name = text(title, "the title of a page");
  if (!isMissing && !Number.isInteger(ns))
    throw new Malformed(`a page ${JSON.stringify(name)} without a namespace`);
  if (index !== undefined && !Number.isFinite(index)) throw new Malformed("an index that is no number");
  const { wikibase_item: item, disambiguation } = properties(pageprops);
  return {
    title: name,
    namespace: isMissing ? 0 : (ns as number),
    isMissing,
    isDisambiguation: disambiguation !== undefined && disambiguation !== false,
    index: index as number | undefined,
    wikidataId: wikidataId(item),
    url: address(canonicalurl ?? fullurl),
    extract: extract === undefined ? undefined : string(extract, "an extract"),
  };
}

/** PHP writes an empty object as a list. */
function properties(pageprops: unknown): Json {
  if (pageprops === undefined || (Array.isArray(pageprops) && pageprops.length === 0)) return {};
  return object(pageprops, "page properties that are no object");
}

function wikidataId(item: unknown): string | undefined {
  if (item === undefined) return undefined;
  if (typeof item !== "string" || !/^Q[1-9]\d*$/.test(item))
    throw new Malformed(`${shown(item)} as a Wikidata id`);
  return item;
}

function address(url: unknown): string | undefined {
  if (url === undefined) return undefined;
  const isHttp = typeof url === "string" && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!isHttp) throw new Malformed(`${shown(url)} as a page's address`);
  return url;
}

/** A flag of format version 2 (true) or 1 (""). */
function isSet(flag: unknown): boolean {
  return flag === true || flag === "";
}

function object(value: unknown, found: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Malformed(found);
  return value as Json;
}

function objects(list: unknown, what: string): readonly Json[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw new Malformed(`${what} that are no list`);
  return list.map((one) => object(one, `${shown(one)} among ${what}`));
}

function string(value: unknown, what: string): string {
  if (typeof value !== "string") throw new Malformed(`${shown(value)} as ${what}`);
  return value;
}

function text(value: unknown, what: string): string {
  if (value === "") throw new Malformed(`nothing as ${what}`);
  return string(value, what);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 60);
}
