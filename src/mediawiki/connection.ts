import { reasonOf, retryAfter } from "../retry.js";
import { type ApiError, apiErrorOf, Malformed, NoExtracts } from "./answer.js";
import { Gate } from "./gate.js";
import {
  type WikiErrorArguments,
  type WikiErrorCode,
  type WikiFailure,
  wikiFailure,
} from "./mediawiki-error.js";
import type { WikiSettings } from "./options.js";
import { readBody, TooLong } from "./read-body.js";

/** Bytes of one answer, unpacked; twenty extracts of 1,200 characters take a hundredth of it. */
const LONGEST_ANSWER = 8 * 1024 * 1024;
/** Characters of an answer that messages show. */
const SHOWN = 120;
/** Characters of an error's page that are looked at for words to show. */
const LONGEST_ERROR_PAGE = 10_000;
/** Wikimedia's wish for who is refused because databases lag behind and isn't told how long. */
const LAG_MS = 5000;
/** So many requests that fail for good without one that succeeds, and those that wait are not asked any more. */
const GIVE_UP_AFTER = 5;

/** A wiki that asks for more is asked again after this, in case it was a mistake. */
const LONGEST_QUIET_MS = 3_600_000;

const PASSING_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);
const PASSING_ERROR =
  /^(maxlag|ratelimited|readonly|internal_api_error.*|.*too-busy.*|.*backend-error|timeouterror)$/i;

/** One try that failed. */
interface Failure {
  /** @param tries how many there were */
  readonly error: (tries: number) => WikiFailure;
  readonly mayRetry: boolean;
  /** What the wiki asks for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** Asks a wiki, some requests at once, and again where that may help. */
export class Connection {
  private readonly host: string;
  private readonly gate: Gate;
  /** When the wiki may be asked again, in milliseconds since 1970: who is told to wait waits for all. */
  private quietUntil = 0;
  private failedInARow = 0;

  constructor(private readonly settings: WikiSettings) {
    this.host = new URL(settings.api).host;
    this.gate = new Gate(settings.concurrency);
  }

  /**
   * What `read` makes of the JSON that the wiki answers to a request.
   * @throws WikiFailure, and the signal's reason
   */
  ask<T>(
    params: Readonly<Record<string, string>>,
    read: (json: unknown) => T,
    signal: AbortSignal,
  ): Promise<T> {
    return this.gate.run(() => this.askInTurn(this.urlOf(params), read, signal), signal);
  }

  private async askInTurn<T>(url: string, read: (json: unknown) => T, signal: AbortSignal): Promise<T> {
    let pause = 0;
    for (let tries = 1; ; tries++) {
      await this.quiet(pause, tries - 1, signal);
      const answer = await this.tryOnce(url, read, signal);
      if ("value" in answer) {
        this.failedInARow = 0;
        return answer.value;
      }
      pause = this.pauseAfter(answer, tries);
      if (!answer.mayRetry || tries >= this.settings.tries) throw this.lost(answer.error(tries));
    }
  }

  /** Waits for as long as a try has to, and the wiki wants. */
  private async quiet(pause: number, tries: number, signal: AbortSignal): Promise<void> {
    const { sleep, now, maxWaitMs } = this.settings;
    const wait = Math.max(pause, this.quietUntil - now());
    if (wait > maxWaitMs) throw this.lost(this.tooLongAWait(wait, tries));
    if (wait > 0) await sleep(wait, signal);
    signal.throwIfAborted();
  }

  /** What the wiki asks for, and full jitter on top. */
  private pauseAfter({ retryAfterMs = 0 }: Failure, tries: number): number {
    const { backoffMs, maxWaitMs, random, now } = this.settings;
    if (retryAfterMs > 0) {
      this.quietUntil = Math.max(this.quietUntil, now() + Math.min(LONGEST_QUIET_MS, retryAfterMs));
    }
    const backoff = random() * Math.min(maxWaitMs, backoffMs * 2 ** (tries - 1));
    return Math.max(retryAfterMs, Math.min(maxWaitMs, retryAfterMs + backoff));
  }

  private lost(failure: WikiFailure): WikiFailure {
    this.failedInARow++;
    if (this.failedInARow >= GIVE_UP_AFTER) {
      this.failedInARow = 0;
      this.gate.refuseWaiting(failure.ofUnasked());
    }
    return failure;
  }

  private async tryOnce<T>(
    url: string,
    read: (json: unknown) => T,
    signal: AbortSignal,
  ): Promise<{ readonly value: T } | Failure> {
    const { timeoutMs, fetch: ask } = this.settings;
    const stop = new AbortController();
    let isLate = false;
    const abort = (): void => stop.abort(signal.reason);
    const timer = setTimeout(() => {
      isLate = true;
      stop.abort();
    }, timeoutMs);
    signal.addEventListener("abort", abort);
    try {
      const response = await ask(url, { headers: this.headers(), signal: stop.signal });
      const text = await readBody(response, LONGEST_ANSWER);
      return this.understood(response, text, read);
    } catch (cause) {
      signal.throwIfAborted();
      return this.broken(cause, isLate);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  }

  private understood<T>(
    response: Response,
    text: string,
    read: (json: unknown) => T,
  ): { readonly value: T } | Failure {
    const { status, ok } = response;
    const retryAfterMs = retryAfter(response.headers.get("Retry-After"));
    const json = parsed(text);
    if (!ok) {
      const mayRetry = PASSING_STATUS.has(status);
      return {
        ...this.failure(
          "L804",
          { status, detail: detailOf(json, text), mayPass: mayRetry },
          { status },
          mayRetry,
        ),
        retryAfterMs,
      };
    }
    try {
      if (json === undefined)
        throw new Malformed(`what is not JSON, ${JSON.stringify(text.slice(0, SHOWN))}`);
      const error = apiErrorOf(json);
      return error ? this.refused(error, retryAfterMs, status) : { value: read(json) };
    } catch (cause) {
      if (cause instanceof NoExtracts) return this.failure("L809", {}, { status }, false);
      if (!(cause instanceof Malformed)) throw cause;
      return this.failure("L806", { found: cause.found, api: this.settings.api }, { status, cause }, true);
    }
  }

  /** An error of the API, which comes with the status 200. */
  private refused({ code, info }: ApiError, retryAfterMs: number | undefined, status: number): Failure {
    const mayRetry = PASSING_ERROR.test(code);
    const failure = this.failure(
      "L807",
      { code: printable(code), info: printable(info).slice(0, 2 * SHOWN), mayPass: mayRetry },
      { status },
      mayRetry,
    );
    return { ...failure, retryAfterMs: retryAfterMs ?? (code === "maxlag" ? LAG_MS : undefined) };
  }

  /** A try without an answer. */
  private broken(cause: unknown, isLate: boolean): Failure {
    const { api, timeoutMs } = this.settings;
    if (isLate) return this.failure("L805", { seconds: timeoutMs / 1000 }, { cause }, true);
    if (cause instanceof TooLong) {
      return this.failure("L806", { found: `more than ${LONGEST_ANSWER} bytes`, api }, { cause }, false);
    }
    if (cause instanceof Malformed) return this.failure("L806", { found: cause.found, api }, { cause }, true);
    return this.failure("L803", { why: reasonOf(cause) }, { cause }, true);
  }

  private failure<C extends WikiErrorCode>(
    code: C,
    args: Omit<WikiErrorArguments<C>, "tries">,
    fields: { readonly status?: number; readonly cause?: unknown },
    mayRetry: boolean,
  ): Failure {
    const { host } = this;
    const error = (tries: number): WikiFailure =>
      wikiFailure(code, { ...args, tries } as unknown as WikiErrorArguments<C>, { ...fields, host, tries });
    return { error, mayRetry };
  }

  private tooLongAWait(pause: number, tries: number): WikiFailure {
    const seconds = Math.ceil(pause / 1000);
    const limit = this.settings.maxWaitMs / 1000;
    return wikiFailure("L810", { seconds, limit }, { host: this.host, tries });
  }

  private urlOf(params: Readonly<Record<string, string>>): string {
    const { api, maxlag, headers } = this.settings;
    const url = new URL(api);
    const lag = maxlag === false ? {} : { maxlag: String(maxlag) };
    // Browsers ask from a page of somebody else's; a wiki answers them as nobody in particular.
    const origin = inBrowser() && !new Headers(headers).has("Authorization") ? { origin: "*" } : {};
    for (const [name, value] of Object.entries({ ...params, ...lag, ...origin }))
      url.searchParams.set(name, value);
    return url.href;
  }

  /** Browsers don't let a page say who it is, so that MediaWiki has a header of its own for it. */
  private headers(): Record<string, string> {
    const { headers, userAgent } = this.settings;
    const who = inBrowser() ? "Api-User-Agent" : "User-Agent";
    return { Accept: "application/json", [who]: userAgent, ...headers };
  }
}

function inBrowser(): boolean {
  return "document" in globalThis || "importScripts" in globalThis;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an answer that is an error says: the API's error, else its text without tags. */
function detailOf(json: unknown, text: string): string {
  const { error } = (json ?? {}) as { error?: { code?: unknown; info?: unknown } };
  if (error?.code) return printable(`${error.code}: ${error.info}`).slice(0, SHOWN);
  const words = text
    .slice(0, LONGEST_ERROR_PAGE)
    .replace(/<(style|script)\b.*?<\/\1>/gs, " ")
    .replace(/<[^>]*>/g, " ");
  return printable(words).trim().slice(0, SHOWN) || "nothing more";
}

/** Messages go to terminals, which obey control characters. */
function printable(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ");
}
