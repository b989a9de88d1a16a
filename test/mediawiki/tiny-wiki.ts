/** A small MediaWiki for tests: answers `action=query` as the real Action API does, after the faults that a test wants. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";

interface Article {
  readonly title: string;
  readonly extract: string;
  readonly item?: string;
  readonly isDisambiguation?: boolean;
  readonly links?: readonly string[];
  readonly namespace?: number;
}

export const ARTICLES: readonly Article[] = [
  {
    title: "Apple Inc.",
    extract: "Apple Inc. is an American technology company. It is in Cupertino.",
    item: "Q312",
  },
  { title: "Apple", extract: "An apple is a round, edible fruit of the apple tree.", item: "Q89" },
  { title: "Apple Records", extract: "Apple Records is a record label of the Beatles.", item: "Q213710" },
  { title: "Apple pie", extract: "", item: "Q1068034" },
  { title: "Apple of my own", extract: "A page that no item of Wikidata is about: Apple." },
  { title: "Talk:Apple", extract: "What people say of Apple.", namespace: 1 },
  { title: "Tim Cook", extract: "Timothy Donald Cook is an American business executive.", item: "Q265852" },
  { title: "Cupertino, California", extract: "Cupertino is a city in California.", item: "Q189471" },
  { title: "Zürich", extract: "Zürich is the largest city in Switzerland.", item: "Q72" },
  { title: "Mercury (planet)", extract: "Mercury is the first planet from the Sun.", item: "Q308" },
  { title: "Mercury (element)", extract: "Mercury is a chemical element.", item: "Q925" },
  { title: "Hydrargyrum", extract: "An old name.", item: "Q999" },
  {
    title: "Mercury",
    extract: "Mercury most commonly refers to:",
    item: "Q154",
    isDisambiguation: true,
    links: ["Hydrargyrum", "Mercury (element)", "Mercury (planet)", "Mercury (red link)"],
  },
];

const REDIRECTS: Readonly<Record<string, string>> = {
  Quicksilver: "Mercury (element)",
  "Apple Computer": "Apple Inc.",
  Cupertino: "Cupertino, California",
};

/** What one request is answered; `pass` has the wiki answer it after all. */
export type Fault = (response: ServerResponse, pass: () => void, query: URLSearchParams) => unknown;

export interface Asked {
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

export interface TinyWiki {
  readonly api: string;
  readonly asked: Asked[];
  /** What happens to the next requests, one each; further ones are answered. */
  faults: Fault[];
  /** Extracts of one answer; the rest is to be continued. */
  extractsAtOnce: number;
  underWay: number;
}

type Json = Record<string, unknown>;

/** A wiki that is closed after the tests of the file that it is made in. */
export async function tinyWiki(): Promise<TinyWiki> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "", "http://localhost");
    wiki.asked.push({ query: searchParams, headers: request.headers });
    wiki.underWay++;
    response.on("close", () => wiki.underWay--);
    const pass = (): void => sendJson(response, answerTo(searchParams, wiki.extractsAtOnce));
    const fault = wiki.faults.shift();
    if (fault) fault(response, pass, searchParams);
    else pass();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const wiki: TinyWiki = {
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}/w/api.php`,
    asked: [],
    faults: [],
    extractsAtOnce: 20,
    underWay: 0,
  };
  return wiki;
}

export function sendJson(
  response: ServerResponse,
  json: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(200, { "Content-Type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(json));
}

function answerTo(query: URLSearchParams, extractsAtOnce: number): Json {
  const expected = { action: "query", format: "json", formatversion: "2", exintro: "1", explaintext: "1" };
  for (const [name, value] of Object.entries(expected)) {
    if (query.get(name) !== value) return errorJson("badvalue", `${name} is ${query.get(name)}`);
  }
  const found = pagesFor(query);
  if ("error" in found) return found;
  const { titles, searched = false, more = {}, ...lists } = found as Found;
  if (titles.length === 0) return { batchcomplete: true };
  const from = Number(query.get("excontinue") ?? 0);
  const withText = titles.filter((title) => articleOf(title)?.extract !== undefined);
  const shown = new Set(withText.slice(from, from + extractsAtOnce));
  const pages = titles.map((title, i) =>
    pageJson(title, { index: searched ? i + 1 : undefined, shown, from }),
  );
  // The API orders pages by title or id; only `index` tells of the search.
  pages.sort((a, b) => String(a.title).localeCompare(String(b.title)));
  const rest = from + extractsAtOnce < withText.length;
  return {
    ...(rest
      ? { continue: { excontinue: from + extractsAtOnce, continue: "||pageprops|info" } }
      : { batchcomplete: true, ...more }),
    query: { ...lists, pages },
  };
}

interface Found {
  readonly titles: readonly string[];
  readonly searched?: boolean;
  readonly more?: Json;
  readonly normalized?: readonly Json[];
  readonly redirects?: readonly Json[];
}

function pagesFor(query: URLSearchParams): Found | Json {
  const generator = query.get("generator");
  const titles = query.get("titles") ?? "";
  if (generator === "search") {
    const words = (query.get("gsrsearch") ?? "").toLowerCase();
    const limit = Number(query.get("gsrlimit"));
    const all = searched(words);
    const more = all.length > limit ? { continue: { gsroffset: limit, continue: "gsroffset||" } } : {};
    return { titles: all.slice(0, limit), searched: true, more };
  }
  if (generator === "links") return { titles: articleOf(titles)?.links ?? [] };
  const asked = titles.split("|");
  if (asked.length > 50)
    return errorJson("toomanyvalues", 'Too many values supplied for parameter "titles".');
  return named(asked);
}

/** Titles that begin with the words, then those that hold them, then texts. */
function searched(words: string): string[] {
  const ways: ((article: Article) => boolean)[] = [
    ({ title }) => title.toLowerCase().startsWith(words),
    ({ title }) => title.toLowerCase().includes(words),
    ({ extract }) => extract.toLowerCase().includes(words),
  ];
  const articles = ARTICLES.filter(({ namespace = 0 }) => namespace === 0 || words === "apple");
  return [...new Set(ways.flatMap((way) => articles.filter(way).map(({ title }) => title)))];
}

function named(asked: readonly string[]): Found {
  const normalized: Json[] = [];
  const redirects: Json[] = [];
  const titles = asked.map((from) => {
    const to = from.charAt(0).toUpperCase() + from.slice(1).replaceAll("_", " ");
    if (from !== to) normalized.push({ fromencoded: false, from, to });
    const target = REDIRECTS[to];
    if (target) redirects.push({ from: to, to: target });
    return target ?? to;
  });
  return {
    titles: [...new Set(titles)],
    ...(normalized.length > 0 && { normalized }),
    ...(redirects.length > 0 && { redirects }),
  };
}

function articleOf(title: string): Article | undefined {
  return ARTICLES.find((article) => article.title === title);
}

function pageJson(
  title: string,
  { index, shown, from }: { index: number | undefined; shown: ReadonlySet<string>; from: number },
): Json {
  const article = articleOf(title);
  if (!article) return { ns: 0, title, missing: true };
  const { item, isDisambiguation, extract, namespace = 0 } = article;
  const url = `http://tiny.example/wiki/${encodeURIComponent(title.replaceAll(" ", "_"))}`;
  const pageprops = { ...(isDisambiguation && { disambiguation: "" }), ...(item && { wikibase_item: item }) };
  return {
    pageid: 1 + ARTICLES.indexOf(article),
    ns: namespace,
    title,
    ...(index !== undefined && { index }),
    ...(shown.has(title) && { extract }),
    // What the first part said the further ones leave out.
    ...(from === 0 && Object.keys(pageprops).length > 0 && { pageprops }),
    ...(from === 0 && { contentmodel: "wikitext", fullurl: url, canonicalurl: url }),
  };
}

export function errorJson(code: string, info: string): Json {
  return {
    error: { code, info, docref: "See http://tiny.example/w/api.php for API usage." },
    servedby: "mw1",
  };
}

/** Waits until something is so, which it must be soon. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; !isSo(); i++) {
    if (i > 5000) throw new Error(`still not so: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

// ---- faults

export const status =
  (
    code: number,
    headers: Record<string, string> = {},
    body = "<html><h1>Our servers are tired</h1></html>",
  ): Fault =>
  (response) =>
    response.writeHead(code, headers).end(body);

export const apiError =
  (code: string, info: string, headers: Record<string, string> = {}): Fault =>
  (response) =>
    sendJson(response, errorJson(code, info), { "MediaWiki-API-Error": code, ...headers });

export const lag = (headers: Record<string, string> = { "Retry-After": "5" }): Fault =>
  apiError("maxlag", "Waiting for 10.0.0.1: 7.2 seconds lagged.", headers);

/** A body as it stands, with the status 200. */
export const say =
  (body: string | Buffer): Fault =>
  (response) =>
    response.writeHead(200, { "Content-Type": "application/json" }).end(body);

export const pass: Fault = (_response, answer) => answer();
export const reset: Fault = (response) => response.socket?.resetAndDestroy();
export const never: Fault = () => {};

/** Half of what was promised, then the connection is gone. */
export const half: Fault = (response) => {
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "1000" });
  response.write('{"batchcomplete":true,"query":{"pages":[');
  setTimeout(() => response.socket?.destroy(), 5);
};
