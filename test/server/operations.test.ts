import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
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
