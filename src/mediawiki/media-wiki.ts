import { linkwrightError } from "../errors.js";
import type { CandidateRequest, CandidateSource, TextCandidate } from "../kb/text-candidate.js";
import { LruCache } from "../lru.js";
import { type CachedCandidates, isCachedCandidates, isFresh } from "./candidate-cache.js";
import { Flights } from "./flights.js";
import { WikiFailure, wikiFailure } from "./mediawiki-error.js";
import { type MediaWikiOptions, type WikiSettings, wikiSettings } from "./options.js";
import { PageCandidates } from "./page-candidates.js";

/** Part of the cache's keys: answers that other versions of this file made are not taken. */
const FORMAT = 1;

type Candidates = readonly TextCandidate[];

/**
 * Candidates from Wikipedia, or any MediaWiki: titles, first sentences, Wikidata ids. In Node and in browsers.
 *
 *     const wiki = mediaWiki({ language: "en", userAgent: "my-tool/1.0 (me@example.org)" });
 *     const [apple] = await wiki.candidates(["Apple"]);
 *     // => [{ id: "Q312", title: "Apple Inc.", url: "https://en.wikipedia.org/wiki/Apple_Inc.", text: "Apple Inc. is ..." }, ...]
 *
 * Its `candidates` throws a MediaWikiError (L803 to L810) that names the mentions without an answer, L220, what the
 * cache throws, or the signal's reason; what was answered before is kept.
 * @throws L001, L801, L802
 */
export function mediaWiki(options: MediaWikiOptions = {}): CandidateSource {
  return new MediaWiki(wikiSettings(options));
}

class MediaWiki implements CandidateSource {
  private readonly pages: PageCandidates;
  private readonly memory: LruCache<CachedCandidates>;
  private readonly flights = new Flights<Candidates>();

  constructor(private readonly settings: WikiSettings) {
    this.pages = new PageCandidates(settings);
    this.memory = new LruCache(settings.memoryEntries);
  }

  async candidates(
    mentions: readonly string[],
    { signal }: CandidateRequest = {},
  ): Promise<TextCandidate[][]> {
    signal?.throwIfAborted();
    const keys = mentions.map((mention) => this.keyOf(mention));
    const asked = new Map<string, string>();
    mentions.forEach((mention, i) => {
      const key = keys[i] as string;
      if (normalised(mention) !== "" && !asked.has(key)) asked.set(key, normalised(mention));
    });
    const answers = await unlessAborted(this.recall([...asked.keys()]), signal);
    for (const key of answers.keys()) asked.delete(key);
    for (const [key, answer] of await this.ask(asked, signal)) answers.set(key, answer);
    return keys.map((key) => [...(answers.get(key) ?? [])]);
  }

  /** Answers that are kept, by their keys. */
  private async recall(keys: readonly string[]): Promise<Map<string, Candidates>> {
    const { cache } = this.settings;
    const found = await Promise.all(keys.map((key) => this.remembered(key) ?? cache?.get(key)));
    const answers = new Map<string, Candidates>();
    found.forEach((answer, i) => {
      if (!answer || !this.isFresh(answer)) return;
      answers.set(keys[i] as string, answer.candidates);
      this.memory.set(keys[i] as string, answer);
    });
    return answers;
  }

  private remembered(key: string): CachedCandidates | undefined {
    const answer = this.memory.get(key);
    return answer && this.isFresh(answer) ? answer : undefined;
  }

  private isFresh(answer: CachedCandidates): boolean {
    const { maxAgeMs, now } = this.settings;
    return isCachedCandidates(answer) && isFresh(answer, maxAgeMs, now());
  }

  /** Asks for mentions by their keys, all of them whatever happens to some. */
  private async ask(
    asked: ReadonlyMap<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<Map<string, Candidates>> {
    const mentions = [...asked.values()];
    if (mentions.length > 0 && this.settings.offline) throw this.offline().errorFor(mentions);
    const shares = Array.from(asked, ([key, mention]) => {
      return this.flights.join(key, (stop) => this.answer(key, mention, stop));
    });
    const leave = (reason: unknown): void => {
      for (const share of shares) share.leave(reason);
    };
    const settled = await unlessAborted(
      Promise.allSettled(shares.map(({ answer }) => answer)),
      signal,
      leave,
    );
    throwFailures(settled, mentions);
    const values = settled.map((one) => (one as PromiseFulfilledResult<Candidates>).value);
    return new Map([...asked.keys()].map((key, i) => [key, values[i] as Candidates]));
  }

  private async answer(key: string, mention: string, stop: AbortSignal): Promise<Candidates> {
    const { now, cache } = this.settings;
    // Somebody else may have been answered while a slow cache was asked.
    const known = this.remembered(key);
    if (known) return known.candidates;
    const time = now();
    const candidates = await this.pages.of(mention, stop);
    this.memory.set(key, { time, candidates });
    await cache?.set(key, { time, candidates });
    return candidates;
  }

  private offline(): WikiFailure {
    return wikiFailure("L808", {}, { host: new URL(this.settings.api).host });
  }

  /** What tells answers apart. Searches don't tell upper from lower case, titles do. */
  private keyOf(mention: string): string {
    const { api, lookUp, limit, extract, expandDisambiguation } = this.settings;
    const text = lookUp === "search" ? normalised(mention).toLowerCase() : normalised(mention);
    return JSON.stringify([FORMAT, api, lookUp, limit, extract, expandDisambiguation, text]);
  }
}

/** @throws L220 */
function normalised(mention: string): string {
  if (typeof mention !== "string")
    throw linkwrightError("L220", { found: JSON.stringify(mention) ?? "nothing" });
  return mention
    .normalize("NFC")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
}

/** One error for all mentions without an answer. */
function throwFailures(settled: readonly PromiseSettledResult<unknown>[], mentions: readonly string[]): void {
  const reasons = settled.map((one) => (one.status === "rejected" ? one.reason : undefined));
  const other = reasons.find((reason) => reason !== undefined && !(reason instanceof WikiFailure));
  if (other !== undefined) throw other;
  const failed = mentions.filter((_, i) => reasons[i] !== undefined);
  const failures = reasons.filter((reason) => reason instanceof WikiFailure);
  const first = failures.find(({ isAsked }) => isAsked) ?? failures[0];
  if (first) throw first.errorFor(failed, failures.filter(({ isAsked }) => !isAsked).length);
}

/** What a promise gives, unless a signal comes first. @throws the signal's reason */
function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  onAbort: (reason: unknown) => void = () => {},
): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      onAbort(signal.reason);
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
