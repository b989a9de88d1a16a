/** A server over the tiny knowledge base and the model that ships, on any free port. */
import { join } from "node:path";
import { after } from "node:test";
import { type ServeArguments, type Server, serve } from "../../src/server/serve.js";
import { suiteFolder, tinyKb } from "../fixtures.js";

/** Starts servers, which end after the file in which this is called; to be called outside of hooks. */
export function servers(): (options?: ServeArguments) => Promise<Server> {
  const kb = tinyKbFolder();
  const running: Server[] = [];
  after(() => Promise.all(running.map((server) => server.close())));
  return async (options = {}) => {
    const server = await serve(await kb, { port: 0, logLevel: "silent", backend: "wasm", ...options });
    running.push(server);
    return server;
  };
}

/** A folder with the tiny knowledge base, for the file in which this is called; to be called outside of hooks. */
export async function tinyKbFolder(): Promise<string> {
  const folder = join(suiteFolder(), "kb");
  await tinyKb().toDisk(folder);
  return folder;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  readonly json: any;
}

/** Posts JSON, or a body as it is. */
export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: (isRaw ? body : JSON.stringify(body)) as string,
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: text === "" ? undefined : JSON.parse(text),
  };
}
