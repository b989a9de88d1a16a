import { linkwrightError } from "../errors.js";
import { reasonOf, retryAfter, wait } from "../retry.js";
import type { RemoteOptions } from "./options.js";
import { type RemoteError, remoteError } from "./remote-error.js";

const DEFAULTS = { timeoutMs: 60_000, retries: 3, backoffMs: 200 } as const;
/** Longest wait between two tries; a server that asks for more is given up. */
const LONGEST_WAIT_MS = 60_000;
/** Characters of an answer that messages show. */
const SHOWN = 120;

/** One try that failed. */
interface Failure {
  /** @param tries how many there were */
  readonly error: (tries: number) => RemoteError;
  readonly mayRetry: boolean;
  /** What the server asks for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** Asks a server, again where that may help: every question of linkwright may be asked twice. */
export class Connection {
  private readonly base: string;
  private readonly options: RemoteOptions & { readonly [Name in keyof typeof DEFAULTS]: number };

  /** @throws L705 */
  constructor({ url, ...options }: RemoteOptions) {
    this.base = checkedUrl(url).replace(/\/+$/, "");
    const { timeoutMs, retries, backoffMs } = DEFAULTS;
    this.options = {
      ...options,
      url,
      timeoutMs: options.timeoutMs ?? timeoutMs,
      retries: options.retries ?? retries,
      backoffMs: options.backoffMs ?? backoffMs,
    };
  }

  /** Where a path of the server is. */
  urlOf(path: string): string {
    return this.base + path;
  }

  /**
   * What the server answers to some JSON.
   * @throws L701 to L704, and the signal's reason
   */
  async post(path: string, body: object, signal?: AbortSignal): Promise<unknown> {
    const { retries, sleep = wait } = this.options;
    const json = JSON.stringify(body);
    for (let tries = 1; ; tries++) {
      signal?.throwIfAborted();
      const answer = await this.ask(this.urlOf(path), json, signal);
      if ("value" in answer) return answer.value;
      const pause = this.pauseAfter(answer, tries);
      if (tries > retries || !answer.mayRetry || pause > LONGEST_WAIT_MS) throw answer.error(tries);
      await sleep(pause, signal);
    }
  }

  private pauseAfter({ retryAfterMs = 0 }: Failure, tries: number): number {
    const { backoffMs, random = Math.random } = this.options;
    const backoff = Math.min(LONGEST_WAIT_MS, backoffMs * 2 ** (tries - 1));
    return Math.max(retryAfterMs, backoff * (1 - random() / 2));
  }

  private async ask(
    url: string,
    body: string,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly value: unknown } | Failure> {
    const { headers, timeoutMs, fetch: ask = fetch } = this.options;
    const stop = new AbortController();
    let isLate = false;
    const abort = (): void => stop.abort(signal?.reason);
    const timer = setTimeout(() => {
      isLate = true;
      stop.abort();
    }, timeoutMs);
    signal?.addEventListener("abort", abort);
    try {
      const response = await ask(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
        body,
        signal: stop.signal,
      });
      const text = await response.text();
      return response.ok ? parsed(url, text, response.status) : refused(url, text, response);
    } catch (cause) {
      signal?.throwIfAborted();
      const late = { url, seconds: timeoutMs / 1000 };
      const why = reasonOf(cause);
      const error = (tries: number): RemoteError =>
        isLate
          ? remoteError("L704", { ...late, tries }, { cause })
          : remoteError("L701", { url, why, tries }, { cause });
      return { error, mayRetry: true };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }
}

/** Paths are put after it, so that it can have neither query nor fragment. */
function checkedUrl(url: string): string {
  const isHttp = typeof url === "string" && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!isHttp || /[?#]/.test(url)) throw linkwrightError("L705", { found: JSON.stringify(url) ?? "nothing" });
  return url;
}

/** An answer's JSON; one that is cut short or is not ours may be better the next time. */
function parsed(url: string, text: string, status: number): { readonly value: unknown } | Failure {
  try {
    return { value: JSON.parse(text) };
  } catch (cause) {
    const found = `what is not JSON, ${JSON.stringify(text.slice(0, SHOWN))}`;
    const error = (): RemoteError =>
      remoteError("L703", { url, found, expected: "JSON" }, { status, detail: text, cause });
    return { error, mayRetry: true };
  }
}

function refused(url: string, text: string, { status, headers }: Response): Failure {
  const detail = detailOf(text);
  const shown = detailText(detail) || "nothing more";
  return {
    error: () => remoteError("L702", { url, status, detail: shown }, { status, detail }),
    mayRetry: status === 429 || status >= 500,
    retryAfterMs: retryAfter(headers.get("Retry-After")),
  };
}

/** The `detail` of FastAPI's and linkwright's answers, else the answer. */
function detailOf(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && "detail" in json ? json.detail : json;
  } catch {
    return text;
  }
}

function detailText(detail: unknown): string {
  if (!Array.isArray(detail)) {
    return (typeof detail === "string" ? detail : JSON.stringify(detail)).slice(0, SHOWN);
  }
  const lines = detail.map((one: { loc?: unknown; msg?: unknown } | null) => {
    const where = Array.isArray(one?.loc) && one.loc.length > 0 ? `${one.loc.join(".")}: ` : "";
    return where + String(one?.msg ?? JSON.stringify(one));
  });
  return lines.join("; ");
}
