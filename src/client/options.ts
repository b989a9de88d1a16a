/** Where a linkwright server is, and how it is asked. */
export interface RemoteOptions {
  /** Such as "http://127.0.0.1:8080"; a path in it is kept, a query or fragment refused. */
  readonly url: string;
  /** Sent with each request, such as `{ Authorization: "Bearer ..." }`. @default {} */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Longest time for one try, in milliseconds. @default 60,000 */
  readonly timeoutMs?: number | undefined;
  /** Further tries after 429, 5xx, a broken connection, half an answer or a time-out. @default 3 */
  readonly retries?: number | undefined;
  /** Wait before the second try, in milliseconds; doubled before each further one, less up to half of it. @default 200 */
  readonly backoffMs?: number | undefined;
  /** @default the platform's */
  readonly fetch?: typeof fetch | undefined;
  /** Waits; tests replace it. @default by a timer */
  readonly sleep?: ((milliseconds: number, signal?: AbortSignal) => Promise<void>) | undefined;
  /** From 0 to 1, shortens waits so that clients don't come back together. @default Math.random */
  readonly random?: (() => number) | undefined;
}

export const REMOTE_OPTION_NAMES = [
  "url",
  "headers",
  "timeoutMs",
  "retries",
  "backoffMs",
  "fetch",
  "sleep",
  "random",
] as const satisfies readonly (keyof RemoteOptions)[];
