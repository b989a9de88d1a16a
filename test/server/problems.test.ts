/** What is wrong with a request is told in FastAPI's shape, whoever finds it. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Server } from "../../src/server/serve.js";
import { servers } from "./small-server.js";

const start = servers();
let server: Server;
before(async () => {
  server = await start({ tokens: ["secret"], corsOrigins: ["https://a.example"] });
});

const json = { "content-type": "application/json" };

describe("a refused request", () => {
  for (const { title, method = "POST", path = "/v1/link", headers = json, body, status, loc, type } of [
    { title: "no token", headers: {}, status: 401, loc: ["header", "authorization"], type: "unauthorized" },
    {
      title: "another token",
      headers: { authorization: "Bearer other" },
      status: 401,
      loc: ["header", "authorization"],
      type: "unauthorized",
    },
    { title: "no such path", path: "/nowhere", status: 404, loc: ["path"], type: "not_found" },
    {
      title: "no such path and a body",
      path: "/x",
      body: "{}",
      status: 404,
      loc: ["path"],
      type: "not_found",
    },
    {
      title: "a path that does not decode",
      path: "/%zz",
      status: 400,
      loc: ["path"],
      type: "value_error.url",
    },
    {
      title: "an entity that is not there",
      method: "GET",
      path: "/reconcile/preview?id=Q0",
      status: 404,
      loc: ["query", "id"],
      type: "not_found",
    },
    {
      title: "no such path, whatever the body",
      path: "/x",
      headers: { "content-type": "text/xml" },
      body: "<a/>",
      status: 404,
      loc: ["path"],
      type: "not_found",
    },
    { title: "another method", method: "PUT", status: 405, loc: ["method"], type: "method_not_allowed" },
    {
      title: "a type of body that is not taken",
      headers: { "content-type": "text/xml" },
      body: "<a/>",
      status: 415,
      loc: ["header", "content-type"],
      type: "value_error.media_type",
    },
    { title: "no body", headers: {}, status: 422, loc: ["body"], type: "value_error" },
    { title: "no JSON", body: "{", status: 422, loc: ["body"], type: "value_error.json" },
    {
      title: "a query that is none",
      path: "/v1/link?candidates=maybe",
      body: '{"documents": []}',
      status: 422,
      loc: ["query", "candidates"],
      type: "type_error.boolean",
    },
  ] as {
    title: string;
    method?: string;
    path?: string;
    headers?: Record<string, string>;
    body?: string;
    status: number;
    loc: string[];
    type: string;
  }[]) {
    it(`says what is wrong and where: ${title}`, async () => {
      const token = status === 401 ? {} : { authorization: "Bearer secret" };
      const given = body === undefined ? { ...headers, "content-type": undefined } : headers;
      const sent = Object.fromEntries(Object.entries({ ...token, ...given }).filter(([, value]) => value));
      const response = await fetch(server.url + path, {
        method,
        headers: sent as Record<string, string>,
        ...(body !== undefined && { body }),
      });
      assert.equal(response.status, status);
      assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
      const { detail } = (await response.json()) as { detail: { msg: string }[] };
      const [{ msg, ...found }] = detail as [{ msg: string }];
      assert.deepEqual(found, { loc, type });
      assert.ok(msg.length > 5, msg);
      assert.equal(response.headers.get("www-authenticate"), status === 401 ? "Bearer" : null);
    });
  }

  it("is told the methods that a path takes", async () => {
    const headers = { authorization: "Bearer secret" };
    const allowOf = async (path: string): Promise<string | null> => {
      const response = await fetch(server.url + path, { method: "DELETE", headers });
      assert.equal(response.status, 405, path);
      return response.headers.get("allow");
    };
    assert.equal(await allowOf("/v1/link"), "POST");
    assert.equal(await allowOf("/health"), "GET, HEAD");
    assert.equal(await allowOf("/reconcile?queries=%7B%7D"), "GET, HEAD, POST");
  });

  it("is no OPTIONS request, from a web page or not", async () => {
    for (const headers of [{}, { origin: "https://a.example", "access-control-request-method": "POST" }]) {
      const response = await fetch(`${server.url}/v1/link`, { method: "OPTIONS", headers });
      assert.equal(response.status, 204);
    }
    const open = await start();
    const response = await fetch(`${open.url}/v1/link`, { method: "OPTIONS" });
    assert.deepEqual([response.status, response.headers.get("allow")], [405, "POST"]);
    assert.deepEqual(((await response.json()) as { detail: { loc: unknown }[] }).detail[0]?.loc, ["method"]);
  });
});
