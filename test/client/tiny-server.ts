/** A server for tests that answers each request as the next of some scripts says. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";

/** What one request is answered. */
export type Answer = (response: ServerResponse, body: string) => unknown;

export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface TinyServer {
  readonly url: string;
  readonly asked: Asked[];
  /** The answers to the next requests; the last one answers all further ones. */
  script: Answer[];
}

/** A server that is closed after the tests of the suite or file that it is asked in. */
export async function tinyServer(): Promise<TinyServer> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    request.setEncoding("utf8");
    for await (const chunk of request) body += chunk;
    asked.push({ path: request.url ?? "", headers: request.headers, body: JSON.parse(body) });
    const answer = tiny.script.length > 1 ? tiny.script.shift() : tiny.script[0];
    answer?.(response, body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const tiny: TinyServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    script: [],
  };
  return tiny;
}

export const refuse =
  (status: number, headers: Record<string, string> = {}, body = ""): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body);

export const say =
  (body: string): Answer =>
  (response) =>
    response.end(body);
