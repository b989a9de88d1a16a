import type { TextCandidate } from "../kb/text-candidate.js";
import type { WikiPage } from "./answer.js";
import { Connection } from "./connection.js";
import type { WikiSettings } from "./options.js";
import { linksOf, Query, searchFor, searchWords } from "./query.js";
import { Titles } from "./titles.js";

/** Finds the pages that a mention may mean. */
export class PageCandidates {
  private readonly query: Query;
  private readonly titles: Titles;

  constructor(private readonly settings: WikiSettings) {
    this.query = new Query(new Connection(settings), settings);
    this.titles = new Titles(this.query);
  }

  /** @throws WikiFailure, and the signal's reason */
  async of(mention: string, signal: AbortSignal): Promise<TextCandidate[]> {
    const { lookUp, expandDisambiguation, limit } = this.settings;
    const named = lookUp === "search" ? undefined : await this.titles.page(mention, signal);
    const pages = named ? [named] : [];
    if (lookUp !== "titles" || !named || !isCandidate(named))
      pages.push(...(await this.search(mention, signal)));
    const ambiguous = pages.find(({ isDisambiguation, isMissing }) => isDisambiguation && !isMissing);
    if (expandDisambiguation && ambiguous && !pages.some(isCandidate)) {
      pages.push(...(await this.links(ambiguous.title, mention, signal)));
    }
    return candidatesOf(pages).slice(0, limit);
  }

  private async search(mention: string, signal: AbortSignal): Promise<readonly WikiPage[]> {
    const words = searchWords(mention);
    if (words === "") return [];
    const { pages } = await this.query.pages(searchFor(words, this.settings.limit), signal);
    return pages;
  }

  /** The pages that a page links to; links come by the alphabet, so that those named like the mention go first. */
  private async links(title: string, mention: string, signal: AbortSignal): Promise<WikiPage[]> {
    const { pages } = await this.query.pages(linksOf(title), signal);
    const isLike = (page: WikiPage): boolean => page.title.toLowerCase().includes(mention.toLowerCase());
    return [...pages.filter(isLike), ...pages.filter((page) => !isLike(page))];
  }
}

function isCandidate({ isMissing, isDisambiguation, namespace, extract = "" }: WikiPage): boolean {
  return !isMissing && !isDisambiguation && namespace === 0 && extract.trim() !== "";
}

function candidatesOf(pages: readonly WikiPage[]): TextCandidate[] {
  const byId = new Map<string, TextCandidate>();
  for (const { title, wikidataId, url = "", extract = "" } of pages.filter(isCandidate)) {
    const id = wikidataId ?? title;
    if (!byId.has(id)) byId.set(id, { id, title, url, text: extract.trim() });
  }
  return [...byId.values()];
}
