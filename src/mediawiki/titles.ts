import { Malformed, type QueryAnswer, type WikiPage } from "./answer.js";
import { MAX_PAGES } from "./options.js";
import type { Query } from "./query.js";

/** Titles of one request: MediaWiki takes 50, and gives the texts of so many pages at once; the others cost requests too. */
const MOST_TITLES = MAX_PAGES;
/** UTF-8 bytes of the titles of one request as its URL writes them; servers take some 8,000 for a URL. */
const MOST_BYTES = 5000;
/** Bytes of a title that MediaWiki takes. */
const LONGEST_TITLE = 255;
/** Renamings from a title to its page's: normalised, converted, redirected, and a redirect of a redirect. */
const MOST_RENAMINGS = 5;

interface Asked {
  readonly title: string;
  readonly signal: AbortSignal;
  readonly resolve: (page: WikiPage | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Looks up pages by their titles, all titles of a moment in as few requests as they fit in. */
export class Titles {
  private waiting: Asked[] = [];

  constructor(private readonly query: Query) {}

  /** The page that a title leads to; absent where there is none. @throws WikiFailure, and the signal's reason */
  page(title: string, signal: AbortSignal): Promise<WikiPage | undefined> {
    if (!canBeTitle(title)) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) queueMicrotask(() => this.flush());
      this.waiting.push({ title, signal, resolve, reject });
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  private flush(): void {
    const all = this.waiting;
    this.waiting = [];
    for (const batch of batches(all)) void this.askFor(batch);
  }

  private async askFor(batch: readonly Asked[]): Promise<void> {
    const titles = [...new Set(batch.map(({ title }) => title))];
    const check = (answer: QueryAnswer): void => {
      for (const title of titles) pageOf(title, answer);
    };
    try {
      const answer = await this.query.pages({ titles: titles.join("|") }, allAborted(batch), check);
      for (const { title, resolve } of batch) resolve(pageOf(title, answer));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

/** Titles can't hold these characters, and one that begins with a colon says nothing more than one without. */
function canBeTitle(title: string): boolean {
  return /^[^#<>[\]|{}\x7f:][^#<>[\]|{}\x7f]*$/.test(title) && bytesOf(title) <= LONGEST_TITLE;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function batches(all: readonly Asked[]): Asked[][] {
  const found: Asked[][] = [];
  let bytes = 0;
  for (const asked of all) {
    const own = new URLSearchParams({ "": asked.title }).toString().length + "%7C".length;
    const last = found.at(-1);
    if (last && last.length < MOST_TITLES && bytes + own <= MOST_BYTES) {
      last.push(asked);
      bytes += own;
    } else {
      found.push([asked]);
      bytes = own;
    }
  }
  return found;
}

/** @throws Malformed where the answer does not tell of the title */
function pageOf(title: string, { pages, renamed, elsewhere }: QueryAnswer): WikiPage | undefined {
  let name = title;
  for (let i = 0; i < MOST_RENAMINGS && renamed.has(name); i++) name = renamed.get(name) as string;
  if (elsewhere.has(name)) return undefined;
  const page = pages.find((one) => one.title === name);
  if (!page) throw new Malformed(`nothing about the title ${JSON.stringify(title)}`);
  return page.isMissing ? undefined : page;
}

/** Aborted once nobody wants the batch. */
function allAborted(batch: readonly Asked[]): AbortSignal {
  const stop = new AbortController();
  let wanted = batch.length;
  for (const { signal } of batch) {
    const leave = (): void => {
      wanted--;
      if (wanted === 0) stop.abort(signal.reason);
    };
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
  }
  return stop.signal;
}
