import { Malformed, type QueryAnswer, readQuery, type WikiPage } from "./answer.js";
import type { Connection } from "./connection.js";
import { MAX_PAGES, type WikiSettings } from "./options.js";

/** Requests for one list of pages: fifty titles in twenties of extracts take three. */
const MOST_PARTS = 10;

/** Asks for pages with all that makes candidates of them. */
export class Query {
  private readonly shared: Readonly<Record<string, string>>;

  constructor(
    private readonly connection: Connection,
    { extract }: Pick<WikiSettings, "extract">,
  ) {
    const [[by, amount] = []] = Object.entries(extract);
    this.shared = {
      action: "query",
      format: "json",
      formatversion: "2",
      redirects: "1",
      prop: "extracts|pageprops|info",
      exintro: "1",
      explaintext: "1",
      exlimit: "max",
      [by === "characters" ? "exchars" : "exsentences"]: String(amount),
      ppprop: "wikibase_item|disambiguation",
      inprop: "url",
    };
  }

  /**
   * Pages in the order of the search, or as the wiki gives them.
   * @param check refuses what is no answer to the request, so that it is asked again
   * @throws WikiFailure, and the signal's reason
   */
  async pages(
    params: Readonly<Record<string, string>>,
    signal: AbortSignal,
    check: (answer: QueryAnswer) => void = () => {},
  ): Promise<QueryAnswer> {
    const parts: QueryAnswer[] = [];
    let rest: QueryAnswer["rest"] = {};
    while (rest) {
      const read = (json: unknown): QueryAnswer => {
        const answer = readQuery(json);
        check(answer);
        if (answer.rest && parts.length + 1 >= MOST_PARTS) throw new Malformed("no end of parts");
        return answer;
      };
      const part: QueryAnswer = await this.connection.ask(
        { ...this.shared, ...params, ...rest },
        read,
        signal,
      );
      parts.push(part);
      rest = part.rest;
    }
    return merged(parts);
  }
}

/** Every part has all pages, and tells of some. */
function merged(parts: readonly QueryAnswer[]): QueryAnswer {
  const pages = new Map<string, WikiPage>();
  for (const page of parts.flatMap((part) => part.pages)) {
    pages.set(page.title, mergedPage(pages.get(page.title), page));
  }
  return {
    pages: [...pages.values()].sort((a, b) => placeOf(a) - placeOf(b)),
    renamed: new Map(parts.flatMap(({ renamed }) => [...renamed])),
    elsewhere: new Set(parts.flatMap(({ elsewhere }) => [...elsewhere])),
  };
}

function mergedPage(known: WikiPage | undefined, page: WikiPage): WikiPage {
  if (!known) return page;
  return {
    ...page,
    isDisambiguation: known.isDisambiguation || page.isDisambiguation,
    index: page.index ?? known.index,
    wikidataId: page.wikidataId ?? known.wikidataId,
    url: page.url ?? known.url,
    extract: page.extract ?? known.extract,
  };
}

function placeOf({ index = Number.MAX_SAFE_INTEGER }: WikiPage): number {
  return index;
}

/** Characters of a search that CirrusSearch takes. */
const LONGEST_SEARCH = 300;
/** Pages that are asked for beyond the limit, as some are no candidates. */
const SPARE = 4;

/** Parameters of a search for some words. */
export function searchFor(words: string, limit: number): Record<string, string> {
  return {
    generator: "search",
    gsrsearch: words,
    gsrnamespace: "0",
    gsrlimit: String(Math.min(MAX_PAGES, limit + SPARE)),
  };
}

/** Parameters for the pages that a page links to. */
export function linksOf(title: string): Record<string, string> {
  return { generator: "links", titles: title, gplnamespace: "0", gpllimit: String(MAX_PAGES) };
}

/** The words of a mention, without what a search would take for its operators; "" where there are none. */
export function searchWords(mention: string): string {
  const words = mention
    .replace(/["~*?\\|]|&&/g, " ")
    .replace(/(?<!\S)[-!+]+/g, " ")
    .replace(/:(?=\S)/g, " ")
    .replace(/\b(?:AND|OR|NOT)\b/g, (operator) => operator.toLowerCase())
    .replace(/\s+/g, " ")
    .trim();
  const characters = words.length > LONGEST_SEARCH ? [...words].slice(0, LONGEST_SEARCH).join("") : words;
  return /[\p{L}\p{N}\p{S}]/u.test(characters) ? characters : "";
}
