import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { Ajv } from "ajv";
import type { Server } from "../../src/server/serve.js";
import { VERSION } from "../../src/version.js";
import { post, servers } from "./small-server.js";

const start = servers();

let server: Server;
before(async () => {
  server = await start();
});
const get = (path: string, options: RequestInit = {}): Promise<Response> =>
  fetch(`${server.url}${path}`, { redirect: "manual", ...options });

// biome-ignore lint/suspicious/noExplicitAny: tests look into it
const jsonOf = async (response: Promise<Response>): Promise<any> => (await response).json();

describe("a server", () => {
  it("leads to its documentation, which needs no other host", async () => {
    const home = await get("/");
    assert.deepEqual([home.status, home.headers.get("location")], [302, "/docs"]);
    const page = await (await get("/docs/", { redirect: "follow" })).text();
    assert.match(page, /swagger-ui/);
    const sources = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source as string);
    assert.ok(sources.length >= 3);
    for (const source of sources) {
      assert.doesNotMatch(source, /^(https?:)?\/\//);
      assert.equal((await get(new URL(source, `${server.url}/docs/`).pathname)).status, 200, source);
    }
  });

  it("describes itself in OpenAPI 3.1, with an example that gives links", async () => {
    const api = await jsonOf(get("/openapi.json"));
    assert.equal(api.openapi, "3.1.0");
    for (const path of ["/link", "/v1/link"]) {
      const { content } = api.paths[path].post.requestBody;
      const { schema, example, examples } = content["application/json"];
      const [body] = example
        ? [example]
        : (schema.examples ?? Object.values(examples).map((e) => (e as { value: object }).value));
      const { status, json } = await post(`${server.url}${path}`, body);
      assert.equal(status, 200);
      const [first] = path === "/link" ? json.documents[0].spans : json.documents[0].ents;
      assert.match(first.id ?? first.kb_id, /^Q\d$/, path);
    }
  });

  it("describes every answer that it may give", async () => {
    const { paths } = await jsonOf(get("/openapi.json"));
    for (const [path, methods] of Object.entries<object>(paths)) {
      for (const { summary, responses } of Object.values(methods)) {
        const said = Object.values<{ description: string }>(responses).map(({ description }) => description);
        assert.ok(
          said.length > 0 && said.every((text) => text !== "Default Response"),
          `${path}, ${summary}: ${said}`,
        );
      }
    }
    const { responses } = paths["/v1/link"].post;
    assert.deepEqual(Object.keys(responses), ["200", "401", "408", "413", "415", "422", "500", "503"]);
    assert.deepEqual(Object.keys(responses[200].content), ["application/json", "application/x-ndjson"]);
  });

  it("answers as it says that it does", async () => {
    const ajv = new Ajv({ strict: false });
    const { paths } = await jsonOf(get("/openapi.json"));
    const check = async (path: string, body: object): Promise<void> => {
      const { status, json } = await post(`${server.url}${path}`, body);
      const { schema } = paths[path].post.responses[status].content["application/json"];
      assert.ok(ajv.validate(schema, json), `${path}, ${status}: ${ajv.errorsText()}`);
    };
    const text = "Paris and Zürrich";
    const spans = [{ text: "Paris", start: 0, end: 5, label: "" }];
    for (const context of [text, 1]) await check("/link", { documents: [{ spans, context }] });
    await check("/v1/link", { documents: [{ id: "1", text, sents: [{ start: 0, end: 17 }] }] });
    await check("/v1/candidates", { mentions: ["Paris", "nothing"] });
    await check("/v1/entities", { ids: ["Q1", "none"] });
  });

  it("tells that it lives, is ready, and what runs in it", async () => {
    assert.deepEqual(await (await get("/health")).json(), { status: "ok" });
    assert.deepEqual(await (await get("/ready")).json(), { status: "ok", workers: 1 });
    const { linkwright, model, kb } = await jsonOf(get("/version"));
    assert.equal(linkwright, VERSION);
    assert.match(model, /^[0-9a-f]{64}$/);
    assert.match(kb, /^[0-9a-f]{64}$/);
    const again = await start();
    assert.deepEqual(await jsonOf(fetch(`${again.url}/version`)), { linkwright, model, kb });
  });

  it("counts for Prometheus, by route", async () => {
    await post(`${server.url}/v1/link`, { documents: [{ text: "Paris" }, { text: "Texas" }] });
    await get("/no/such/path");
    const metrics = await (await get("/metrics")).text();
    assert.match(
      metrics,
      /linkwright_request_seconds_count\{method="POST",route="\/v1\/link",status="200"\} \d/,
    );
    assert.match(metrics, /route="none",status="404"/);
    assert.match(metrics, /^linkwright_workers 1$/m);
    assert.ok(Number(/^linkwright_documents_total (\d+)$/m.exec(metrics)?.[1]) >= 2);
  });
});

describe("tokens and origins", () => {
  it("leave the documentation open, which says nothing of the knowledge base then", async () => {
    const closed = await start({ tokens: ["secret"] });
    const open = async (path: string): Promise<string> => {
      const response = await fetch(closed.url + path);
      assert.equal(response.status, 200, path);
      return response.text();
    };
    assert.match(await open("/"), /<title>linkwright<\/title>/);
    const bodies = await Promise.all(["/docs/json", "/openapi.json", "/docs/yaml"].map(open));
    const { components, security, paths } = JSON.parse(bodies[0] as string);
    assert.deepEqual(components.securitySchemes, { token: { type: "http", scheme: "bearer" } });
    assert.deepEqual(security, [{ token: [] }]);
    assert.deepEqual(
      [paths["/health"].get.security, paths["/reconcile"].get.security],
      [[], [{}, { token: [] }]],
    );
    const own = (await jsonOf(get("/openapi.json"))).paths["/v1/candidates"].post.requestBody;
    const [name] = own.content["application/json"].example.mentions as [string];
    assert.ok(name.length > 0);
    for (const body of bodies) assert.ok(!body.includes(name), name);
  });

  it("are asked for where they are given", async () => {
    const closed = await start({
      tokens: ["secret-1", "secret-2"],
      corsOrigins: ["https://a.example"],
    });
    const body = { documents: [{ text: "Paris" }] };
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await post(`${closed.url}/v1/link`, body, headers)).status;
    assert.equal(await ask({}), 401);
    assert.equal(await ask({ authorization: "Bearer secret-3" }), 401);
    assert.equal(await ask({ authorization: "Bearer secret-2" }), 200);
    assert.equal((await fetch(`${closed.url}/health`)).status, 200);
    assert.equal((await fetch(`${closed.url}/metrics`)).status, 401);
    const challenge = await fetch(`${closed.url}/version`);
    assert.deepEqual([challenge.status, challenge.headers.get("www-authenticate")], [401, "Bearer"]);
    const preflight = (origin: string): Promise<Response> =>
      fetch(`${closed.url}/v1/link`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      });
    const allowed = async (origin: string): Promise<string | null> =>
      (await preflight(origin)).headers.get("access-control-allow-origin");
    assert.equal(await allowed("https://a.example"), "https://a.example");
    assert.equal(await allowed("https://b.example"), null);
  });
});
