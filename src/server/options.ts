import type { BackendName } from "../tensor/backend.js";

/** How a server behaves. */
export interface ServeOptions {
  /** @default "127.0.0.1" */
  readonly host: string;
  /** 0 for any free one. @default 8080 */
  readonly port: number;
  /** Threads that link. @default 1 */
  readonly workers: number;
  /** @default "auto" */
  readonly backend: BackendName | "auto";
  /** Largest body, in bytes. @default 10 MB */
  readonly bodyLimit: number;
  /** Most documents of one request; a stream may have more. @default 1000 */
  readonly batchLimit: number;
  /** Requests that may wait for a thread; further ones get 503. @default 64 */
  readonly queueLimit: number;
  /** Longest time for one request, in milliseconds. @default 30,000 */
  readonly timeLimitMs: number;
  /** Bearer tokens, one of which a request must show; none lets everybody in. @default [] */
  readonly tokens: readonly string[];
  /** Origins whose web pages may call; "*" for all. @default [] */
  readonly corsOrigins: readonly string[];
  /** What is put before ids that are no IRIs themselves, to make them IRIs. @default "urn:linkwright:" */
  readonly entityBase: string;
  /** Page of an entity: a URL with {{id}} in it, where its id goes. @default none */
  readonly entityView?: string | undefined;
  /** Where clients reach the server, such as "https://example.org/linker". @default what a request names as host */
  readonly publicUrl?: string | undefined;
  /** @default "info" */
  readonly logLevel: "silent" | "error" | "warn" | "info" | "debug";
}

export const SERVE_DEFAULTS: ServeOptions = {
  host: "127.0.0.1",
  port: 8080,
  workers: 1,
  backend: "auto",
  bodyLimit: 10_000_000,
  batchLimit: 1000,
  queueLimit: 64,
  timeLimitMs: 30_000,
  tokens: [],
  corsOrigins: [],
  entityBase: "urn:linkwright:",
  logLevel: "info",
};
